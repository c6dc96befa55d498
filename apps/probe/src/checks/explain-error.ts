import { TooManyConnectionsError } from "../clients/target.ts";
import { WaitError } from "../timing/wait.ts";
import { fail, type Outcome } from "./check.ts";

/** What an error's code means to an operator; `…` stands for the error's own words. */
const EXPLANATIONS: readonly (readonly [code: RegExp, cause: string, fix: string])[] = [
  [
    /^ECONNREFUSED$/,
    "nothing listens at this address and port",
    "start the service, or have the gateway expose the port",
  ],
  [
    /^ENOTFOUND$/,
    "the name has no address",
    "correct the URL; with --host NAME a gateway's address is asked for that name",
  ],
  [/^EAI_AGAIN$/, "the name could not be looked up", "see to the DNS, or give an address with --host NAME"],
  [/^EPROTO$/, "the port does not speak TLS", "write http:// where the gateway speaks plain HTTP"],
  [
    /^ECONNRESET$/,
    "the connection was cut by the service or by something in between",
    "look into the log of the gateway and of the pods; is the port spoken in plain HTTP, and the URL too?",
  ],
  [/^EHOSTUNREACH$/, "there is no route to the address", "see to the network, or to the gateway's address"],
  [/^ETIMEDOUT$/, "nobody answers at this address", "see to firewalls, and to the gateway's address"],
  // The codes of Node's parser, and of what is wrong with a certificate, are many.
  [/^HPE_/, "what answers does not speak HTTP as it should: …", "is it the port of another protocol, or of TLS?"],
  [
    /CERT|SIGNATURE|ISSUER/,
    "the certificate is not trusted: …",
    "--host NAME asks for the name that it is for; NODE_EXTRA_CA_CERTS=FILE trusts who signed it",
  ],
  [/^/, "…", "look into the log of the gateway and of the pods"],
];

/** Says of an error that ended a check what it was, and what fixes it. */
export function explainError(error: unknown, isTooLate: boolean, milliseconds: number): Outcome {
  if (error instanceof WaitError) {
    return fail(
      `${error.message}, ${Math.round(milliseconds / 1_000)} s`,
      "the service, or what is between it and here, is too slow or lost it",
      "look into the log of the pods; a slow network may need a longer --timeout",
    );
  }
  if (error instanceof TooManyConnectionsError) {
    return fail(error.message, "connections broke again and again", "fix what failed above first");
  }
  if (isTooLate) {
    return fail(
      `no answer within ${Math.round(milliseconds / 1_000)} s`,
      "connections are accepted or dropped, and not answered",
      "see to the pods and to the gateway's address; a slow network may need a longer --timeout",
    );
  }
  const { code, message } = withCode(error);
  const [, cause = "", fix = ""] = EXPLANATIONS.find(([codes]) => codes.test(code)) ?? [];
  return fail(
    code === "" ? message : `not reachable: ${code}`,
    cause.replace("…", () => message),
    fix,
  );
}

/** Of several tries to connect, as to `localhost`, the first counts. */
function withCode(error: unknown): { readonly code: string; readonly message: string } {
  if (error instanceof AggregateError && error.errors.length > 0) return withCode(error.errors[0]);
  if (!(error instanceof Error)) return { code: "", message: `${error}` };
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined && error.cause !== undefined) return withCode(error.cause);
  return { code: code ?? "", message: error.message };
}
