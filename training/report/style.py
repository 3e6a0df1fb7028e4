"""How the report looks: on a wide screen, on a phone, in the dark, on paper."""

STYLE = """
:root {
  color-scheme: light;
  --paper: #fbfaf8; --card: #fff; --ink: #1d2330; --soft: #5b6475; --line: #d9dce3;
  --accent: #1f5fbf; --good: #1d7a4f; --warn: #8a5a00; --bad: #b3261e;
  --rival-0: #b4560c; --rival-1: #6b4fa0; --rival-2: #00707a;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --paper: #14171d; --card: #1c2028; --ink: #e8eaef; --soft: #a3acbb; --line: #363d4a;
    --accent: #8ab4f8; --good: #6fd19d; --warn: #f2c464; --bad: #ff9b92;
    --rival-0: #f4a261; --rival-1: #c3a6f5; --rival-2: #6fd0d8;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
}
header, nav, main { max-width: 70rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.75rem; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; margin: 0; line-height: 1.2; }
h2 { font-size: 1.25rem; margin: 0 0 .5rem; }
p { margin: .35rem 0 .8rem; max-width: 48rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding-bottom: 1rem; }
a { color: var(--accent); }
a:focus-visible, .wide:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
section {
  background: var(--card); border: 1px solid var(--line); border-radius: .75rem;
  padding: 1.1rem 1.25rem; margin: 0 0 1rem;
}
.soft, small, caption, figcaption { color: var(--soft); }
small { display: block; font-size: .8rem; font-weight: 400; line-height: 1.35; }
.verdict { font-size: 1.1rem; border-left: .35rem solid var(--soft); padding: .3rem .8rem; }
.verdict.passed { border-color: var(--good); }
.verdict.warned { border-color: var(--warn); }
.verdict.stopped { border-color: var(--bad); }
.badge {
  display: inline-block; border: 1.5px solid currentColor; border-radius: 1rem;
  padding: 0 .55rem; font-size: .85rem; font-weight: 650; color: var(--soft);
}
.badge.passed { color: var(--good); }
.badge.warned { color: var(--warn); }
.badge.stopped { color: var(--bad); }
.headlines {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem 1.5rem;
  margin: 1rem 0;
}
dt { color: var(--soft); font-size: .9rem; }
dd { margin: 0; font-size: 1.5rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; margin: .5rem 0 1.25rem; }
.wide:last-child { margin-bottom: 0; }
table { border-collapse: collapse; min-width: 100%; font-size: .95rem; }
caption { text-align: left; padding-bottom: .35rem; font-size: .9rem; }
th, td {
  text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0;
  border-top: 1px solid var(--line); font-weight: 400; overflow-wrap: break-word;
}
th:last-child, td:last-child { padding-right: 0; }
thead th {
  color: var(--soft); font-size: .85rem; border-top: 0; vertical-align: bottom;
}
td.number { white-space: nowrap; }
td.number small { white-space: normal; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
#lineage table { table-layout: fixed; width: 100%; }
#lineage th { width: 32%; }
.figures { display: grid; gap: 1rem 2rem; margin: .75rem 0 1rem; }
.curves { grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); }
.effects { grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
figure { margin: 0; break-inside: avoid; }
#scores figure { max-width: 40rem; }
svg { display: block; width: 100%; height: auto; }
svg * { stroke-linejoin: round; stroke-linecap: butt; }
figcaption { font-size: .9rem; margin-top: .25rem; }
.stamp { font-size: 1.05rem; }
#verdict td:last-child, #verdict td:nth-child(4) { min-width: 11rem; }
li { margin: .3rem 0; max-width: 48rem; }
@media (max-width: 40rem) {
  section { padding: .9rem .8rem; }
  th, td { padding-right: .6rem; }
  table { font-size: .88rem; }
}
@page { margin: 16mm; }
@media print {
  html { font-size: 13px; }
  body { font-size: 1rem; background: none; }
  header, nav, main { max-width: none; padding: 0; }
  nav { display: none; }
  section { border: 0; border-radius: 0; padding: 0; margin: 0 0 8mm; background: none; }
  h2, caption, section > p:not(:last-child) { break-after: avoid; }
  tr, .headlines, .short { break-inside: avoid; }
  tbody tr:first-child { break-before: avoid; break-after: avoid; }
  p, li { break-inside: avoid; }
  th, td { padding-top: .25rem; padding-bottom: .25rem; }
  thead { display: table-header-group; }
  .wide { overflow: visible; }
  .curves, .effects { grid-template-columns: repeat(3, 1fr); gap: 1rem; }
}
"""
