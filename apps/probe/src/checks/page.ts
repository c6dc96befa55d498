import { type Check, fail, pass } from "./check.ts";

/** The page is there. */
export const page: Check = {
  name: "page",
  needs: ["reachable"],
  async run({ target, signal }) {
    const { status, headers, body } = await target.request("/", signal);
    const type = headers["content-type"] ?? "no content type";
    if (status === 200 && type.startsWith("text/html")) return pass(`${body.length} characters of HTML`);
    return fail(
      `GET / was answered with ${status}, ${type}`,
      status === 404
        ? "the gateway has no route for this name and path, or the service has no page"
        : "something else than the service answers",
      "see to the hosts and the match of the VirtualService; --host NAME asks for the name that it is for",
    );
  },
};
