import { NotFound } from "../../app/not-found.tsx";

export const StagePage = () => <NotFound />;
