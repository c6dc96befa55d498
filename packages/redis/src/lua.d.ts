/** A script as text: Vite takes it by the query, esbuild by the ending. */
declare module "*.lua?raw" {
  const text: string;
  export default text;
}
