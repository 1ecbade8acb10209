// Builds style, scripts, font and drawings into gesond/web/static/dist. `npm run build`.
import { build, transform } from "esbuild";
import { compileAsync } from "sass";
import { cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const assets = dirname(fileURLToPath(import.meta.url));
const root = join(assets, "../../..");
const dist = join(assets, "../static/dist");
// nhsuk-frontend spaces every pair of neighbours and draws variants that no page of ours shows: a third of its weight.
const UNUSED =
  /\+ ?\.nhsuk-(fieldset|form-group)|nhsuk-u-(margin|font)|--(login|reverse|brand|xs)\b|nhsuk-lede|nhsuk-caption|nhsuk-link|nhsuk-dark|nhsuk-body-m|nhsuk-expander|nhsuk-button-group|nhsuk-input-wrapper--|:not\(\[class\^?=|nhsuk-list|nhsuk-heading|nhsuk-scroll/;

const started = performance.now();

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([style(), scripts(), files()]);
console.log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`);

async function style() {
  const { css } = await compileAsync(join(assets, "scss/main.scss"), {
    loadPaths: [join(root, "node_modules")],
    quietDeps: true,
    charset: false,
  });
  const { code } = await transform(lean(css), { loader: "css", minify: true, target: ["chrome109", "firefox115", "safari15"] });
  await writeFile(join(dist, "main.css"), code);
  report("main.css", code);
}

function lean(css) {
  const ours = css.lastIndexOf("/* Gesond's own */");
  const theirs = css
    .slice(0, ours)
    .replace(/\/\*[\s\S]*?\*\//g, "")
    .replace(/([^{}]+)(\{[^{}]*\})/g, (rule, selectors, body) => {
      if (selectors.trim().startsWith("@")) return rule;
      const kept = selectors.split(/,(?![^(]*\))/).filter((selector) => !UNUSED.test(selector));
      return kept.length ? kept.join(",") + body : "";
    });
  return theirs + css.slice(ours);
}

async function scripts() {
  // One file each: a page loads main.js, and the others only where it needs them.
  const entries = ["main", "captcha", "htmx", "passkeys"];
  const { metafile } = await build({
    entryPoints: entries.map((name) => join(assets, `js/${name}.js`)),
    outdir: dist,
    bundle: true,
    format: "esm",
    minify: true,
    legalComments: "none",
    target: "es2022",
    metafile: true,
    nodePaths: [join(root, "node_modules")],
    logLevel: "warning",
  });
  for (const [path, { bytes }] of Object.entries(metafile.outputs)) {
    console.log(`${path.split("/").at(-1).padEnd(20)} ${bytes} bytes`);
  }
}

async function files() {
  const inter = join(root, "node_modules/@fontsource-variable/inter/files");
  await cp(join(inter, "inter-latin-wght-normal.woff2"), join(dist, "inter-latin.woff2"));
  await cp(join(inter, "inter-latin-ext-wght-normal.woff2"), join(dist, "inter-latin-ext.woff2"));
  await cp(join(assets, "images"), dist, { recursive: true });
  console.log(`inter-latin.woff2    ${(await stat(join(dist, "inter-latin.woff2"))).size} bytes`);
}

function report(name, text) {
  console.log(`${name.padEnd(20)} ${text.length} bytes, ${gzipSync(text, { level: 9 }).length} gzipped`);
}
