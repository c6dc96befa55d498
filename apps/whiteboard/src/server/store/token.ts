import { randomBytes } from "node:crypto";

/** The token of an append [W8]: 4 characters, which nobody can guess. */
export const newToken = (): string => randomBytes(3).toString("base64url");
