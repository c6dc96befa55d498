import { parser } from "@prometheus-io/lezer-promql";

/** The names of the metrics that a PromQL expression asks for, which may have Grafana's variables in it. Throws where it is not PromQL. */
export function metricsOf(expression: string): string[] {
  const promql = expression.replace(/\$__(rate_interval|range)\b/g, "5m");
  const names: string[] = [];
  parser.parse(promql).iterate({
    enter(node) {
      const { type, from, to } = node;
      if (type.isError) throw new Error(`this is not PromQL: ${promql.slice(0, from)} ← here: ${promql.slice(from)}`);
      if (type.name === "Identifier" && node.matchContext(["VectorSelector"])) names.push(promql.slice(from, to));
    },
  });
  return names;
}
