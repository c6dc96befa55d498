import { randomBytes } from "node:crypto";

/** Names a board's history: 8 characters, another one whenever it begins anew [W10]. */
export const newEpoch = (): string => randomBytes(6).toString("base64url");

/** The token of an append [W8]: 4 characters, which nobody can guess. */
export const newToken = (): string => randomBytes(3).toString("base64url");
