import type { Socket } from "node:net";
import { ChunkWriter } from "@footlight/protocols/rtmp/chunk-writer.ts";
import { COMMAND_CHUNK_STREAM } from "@footlight/protocols/rtmp/command.ts";
import {
  acknowledgement,
  CONTROL_CHUNK_STREAM,
  parseControl,
  setChunkSize,
  setPeerBandwidth,
  UserEvent,
  userControl,
  windowAckSize,
} from "@footlight/protocols/rtmp/control.ts";
import type { RtmpMessage } from "@footlight/protocols/rtmp/message.ts";

const OUTPUT_CHUNK_SIZE = 4096;
const WINDOW_BYTES = 2_500_000;
/** Our answers are small: a peer that has this much of them unread does not read. */
const MAX_UNREAD_BYTES = 64 * 1024;

/** On a slow line a publisher goes by how often it is acknowledged. */
const MIN_ACK_WINDOW_BYTES = 4 * 1024;

/** The way out to one peer: chunks, acknowledgements, pings; bounded. */
export class RtmpPeer {
  readonly #socket: Socket;
  readonly #overrun: () => void;
  readonly #writer = new ChunkWriter();
  /** When the peer wants acknowledgements; until it says so, at our own window. */
  #ackWindow = WINDOW_BYTES;
  #received = 0;
  #acknowledged = 0;

  /** @param overrun called instead of writing when the peer does not read */
  constructor(socket: Socket, overrun: () => void) {
    this.#socket = socket;
    this.#overrun = overrun;
  }

  write(bytes: Uint8Array): void {
    if (!this.#socket.writable) return;
    if (this.#socket.writableLength + bytes.length > MAX_UNREAD_BYTES) this.#overrun();
    else this.#socket.write(bytes);
  }

  command(message: RtmpMessage): void {
    this.write(this.#writer.write(COMMAND_CHUNK_STREAM, message));
  }

  control(message: RtmpMessage): void {
    this.write(this.#writer.write(CONTROL_CHUNK_STREAM, message));
  }

  /** What a server says before it answers `connect` (§7.2.1.1). */
  welcome(): void {
    this.control(windowAckSize(WINDOW_BYTES));
    this.control(setPeerBandwidth(WINDOW_BYTES));
    this.control(setChunkSize(OUTPUT_CHUNK_SIZE));
    this.#writer.setChunkSize(OUTPUT_CHUNK_SIZE);
  }

  /** Counts what came in and acknowledges it (§5.4.3); the sequence number wraps at 2^32. */
  received(bytes: number): void {
    this.#received += bytes;
    if (this.#received - this.#acknowledged < this.#ackWindow) return;
    this.#acknowledged = this.#received;
    this.control(acknowledgement(this.#received % 2 ** 32));
  }

  /** Protocol control messages, types 1–6. Throws `RtmpError` on one that is too short. */
  onControl(message: RtmpMessage): void {
    const control = parseControl(message);
    switch (control.kind) {
      case "windowAckSize":
        // A window of some bytes would make us acknowledge every piece.
        this.#ackWindow = Math.max(control.bytes, MIN_ACK_WINDOW_BYTES);
        return;
      case "setPeerBandwidth":
        // §5.4.5: answered with our window when it differs from what we said.
        if (control.bytes !== WINDOW_BYTES) this.control(windowAckSize(WINDOW_BYTES));
        return;
      case "pingRequest":
        this.control(userControl(UserEvent.pingResponse, control.time));
        return;
      case "acknowledgement":
      case "other":
        return;
    }
  }
}
