import { parser } from "@prometheus-io/lezer-promql";

/** The metrics that a PromQL expression asks for; it may have Grafana's variables. Throws where it is not PromQL. */
export function metricsOf(expression: string): string[] {
  return partsOf(expression, "Identifier", "VectorSelector");
}

/**
 * The series over time that a PromQL expression asks for, as in `rate(…[5m])`: each value of a label that it names is
 * one, `NAME{LABEL="VALUE"}`.
 */
export function countedSeriesOf(expression: string): string[] {
  return partsOf(expression, "VectorSelector", "MatrixSelector").flatMap((selector) => {
    const [, name, label, values] = selector.match(/^(\w+)(?:\{(\w+)=~?"([\w|-]+)"\})?$/) ?? [];
    if (!name) throw new Error(`more than one label, or not only values: ${selector}`);
    return values ? values.split("|").map((value) => `${name}{${label}="${value}"}`) : [name];
  });
}

/** The text of each node of a kind that is in one of another kind. */
function partsOf(expression: string, kind: string, parent: string): string[] {
  const promql = expression.replace(/\$__(rate_interval|range)\b/g, "5m");
  const parts: string[] = [];
  parser.parse(promql).iterate({
    enter(node) {
      const { type, from, to } = node;
      if (type.isError) throw new Error(`this is not PromQL: ${promql.slice(0, from)} ← here: ${promql.slice(from)}`);
      if (type.name === kind && node.matchContext([parent])) parts.push(promql.slice(from, to));
    },
  });
  return parts;
}
