import { readdirSync, readFileSync } from "node:fs";

/** The first process of a container, as this machine numbers it; undefined when the container runs on another one. */
export function processOf(containerId: string): number | undefined {
  const isInside = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(containerId);
    } catch {
      return false; // It has ended meanwhile, or this is no Linux.
    }
  };
  try {
    const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    const inside = pids.filter(isInside).map(Number);
    return inside.length > 0 ? Math.min(...inside) : undefined;
  } catch {
    return undefined;
  }
}
