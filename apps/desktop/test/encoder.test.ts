// Cases spend their time in real time, not in computing: one file lets them wait beside each other.
import "./encoder-backfill.cases.ts";
import "./encoder-ffmpeg.cases.ts";
import "./encoder-lines.cases.ts";
import "./encoder-record.cases.ts";
import "./encoder-publish.cases.ts";
