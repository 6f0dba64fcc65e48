import { useCallback, useEffect, useRef, useState } from "react";

const IDLE_MS = 2_800;

/** True when nobody has stirred for a while (only while `armed`); `wake(ms)` is a stir. */
export const useIdle = (armed: boolean): [boolean, (afterMs?: number) => void] => {
  const [idle, setIdle] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const wake = useCallback((afterMs = IDLE_MS) => {
    clearTimeout(timer.current);
    setIdle(false);
    timer.current = setTimeout(() => setIdle(true), afterMs);
  }, []);
  useEffect(() => {
    if (armed) wake();
    return () => clearTimeout(timer.current);
  }, [armed, wake]);
  return [idle && armed, wake];
};
