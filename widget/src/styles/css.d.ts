/** Sheets are minified into strings by the build. */
declare module "*.css" {
  const css: string;
  export default css;
}
