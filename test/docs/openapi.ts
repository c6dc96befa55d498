import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { root } from "../../scripts/apps.mjs";
import type { Answer } from "./ask.ts";

interface Reference {
  readonly $ref?: string;
}
interface Media {
  readonly schema: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}
interface Header extends Reference {
  readonly required?: boolean;
  readonly schema: object;
}
interface Response extends Reference {
  readonly content?: Readonly<Record<string, Media>>;
  readonly headers?: Readonly<Record<string, Header>>;
}
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly enum?: readonly string[] };
  readonly example?: unknown;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}
type Method = "get" | "post" | "options";
export type PathItem = Readonly<Partial<Record<Method, Operation>>> & {
  readonly parameters?: readonly Parameter[];
  readonly servers?: readonly { readonly url: string }[];
};
interface Document {
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

const METHODS: readonly Method[] = ["get", "post", "options"];

/** What docs/reference/openapi.yaml says. */
export const openApi: Document = parse(readFileSync(`${root}/docs/reference/openapi.yaml`, "utf8"));

export const operations: readonly Operation[] = Object.values(openApi.paths).flatMap((item) =>
  METHODS.flatMap((method) => item[method] ?? []),
);

/** Each operation with each status that it may answer with: `publish 200`. */
export const documentedAnswers = (): string[] =>
  operations.flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  );

// What OpenAPI adds to a schema is none of Ajv's business; a header is text, and may stand for a number.
const ajv = new Ajv2020({ strict: false, coerceTypes: false });
const headerAjv = new Ajv2020({ strict: false, coerceTypes: true });

/** What is wrong with a value by a schema of the document; nothing where it is as it should be. */
export function mistakesIn(value: unknown, schema: object, { isHeader = false } = {}): string[] {
  const validate = (isHeader ? headerAjv : ajv).compile({ ...schema, components: openApi.components });
  if (validate(value)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** What is not as an operation says in an answer. */
export function mistakesOf(operationId: string, { status, type, headers, body }: Answer): string[] {
  const operation = operations.find((one) => one.operationId === operationId);
  if (!operation) return [`there is no operation ${operationId}`];
  const response = resolve(operation.responses[status]);
  if (!response) return [`${status} is not documented`];
  const wrongHeaders = Object.entries(response.headers ?? {}).flatMap(([name, reference]) => {
    const { required = false, schema } = resolve(reference) as Header;
    const value = headers[name.toLowerCase()];
    if (value === undefined) return required ? [`${name} is missing`] : [];
    return mistakesIn(`${value}`, schema, { isHeader: true }).map((mistake) => `${name}: ${mistake}`);
  });
  return [...wrongHeaders, ...mistakesInBody(response, type, body)];
}

function mistakesInBody({ content }: Response, type: string, body: string): string[] {
  if (!content) return body === "" ? [] : [`there should be no body, but is ${body.slice(0, 80)}`];
  const media = content[type];
  if (!media) return [`${type} is not documented, with the body ${body.slice(0, 80)}`];
  const isText = "type" in media.schema && media.schema.type === "string";
  return mistakesIn(/[/+]json$/.test(type) && !isText ? JSON.parse(body) : body, media.schema);
}

function resolve<T extends Reference>(reference: T | undefined): T | undefined {
  const [, kind = "", name = ""] = /^#\/components\/(\w+)\/(\w[\w-]*)$/.exec(reference?.$ref ?? "") ?? [];
  return kind === "" ? reference : (openApi.components[kind]?.[name] as T | undefined);
}

/** Every example of a body or a parameter, with its schema. */
export function examples(): { readonly value: unknown; readonly schema: object }[] {
  const responses = [...operations.flatMap((one) => Object.values(one.responses)), ...componentResponses()];
  const media = [...responses, ...operations.flatMap(({ requestBody }) => requestBody ?? [])].flatMap(({ content }) =>
    Object.values(content ?? {}),
  );
  const parameters = operations.flatMap((one) => one.parameters ?? []);
  return [...media, ...parameters].flatMap((one) => {
    const named = "examples" in one ? Object.values(one.examples ?? {}) : [];
    const values = [...named.map(({ value }) => value), ...("example" in one ? [one.example] : [])];
    return values.map((value) => ({ value, schema: one.schema }));
  });
}

const componentResponses = (): Response[] => Object.values(openApi.components.responses ?? {}) as Response[];
