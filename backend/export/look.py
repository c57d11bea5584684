"""How the report looks: the page's calm paper and a colour per quantity, without a font or file from elsewhere."""

from __future__ import annotations

COLOURS = {
    "paper": "#faf9f5",
    "card": "#ffffff",
    "rule": "#e3e0d8",
    "grid": "#eceae3",
    "ink": "#1a1d23",
    "soft": "#4b505b",
    "faint": "#666c78",
    "blue": "#1f5fa8",
    "green": "#23793f",
    "violet": "#6b479c",
    "teal": "#12797c",
    "orange": "#bd5c16",
    "grey": "#6d727c",
    "red": "#c22f28",
    "band": "#e9f1ec",
}
"""Those of the page in its light theme (frontend/src/styles/base.css), which a test compares."""

FONT = "'Inter Variable', Inter, system-ui, sans-serif"

STYLE = (
    ":root { "
    + " ".join(f"--{name}: {colour};" for name, colour in COLOURS.items())
    + f" --font: {FONT}; }}"
    + """
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1180px; background: var(--paper); color: var(--ink);
  font: 14px/1.5 var(--font); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
h1 { margin: 0 0 2px; font-size: 24px; font-weight: 600; }
h2 { margin: 36px 0 10px; font-size: 16px; font-weight: 600; }
h3 { margin: 0; font-size: 13px; font-weight: 600; }
p { margin: 0 0 8px; max-width: 72ch; }
.faint, .doc { color: var(--faint); }
.doc { margin: 0 0 4px; font-size: 12px; }
.notes { white-space: pre-wrap; }
.card { padding: 14px 16px; background: var(--card); border: 1px solid var(--rule); border-radius: 8px; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr)); gap: 8px 24px; margin: 0; }
.facts dt { color: var(--faint); font-size: 12px; }
.facts dd { margin: 0; }
.charts, .tables { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; align-items: start; }
@media (max-width: 820px) { .charts, .tables { grid-template-columns: minmax(0, 1fr); } }
table { width: 100%; border-collapse: collapse; font-size: 13px; }
th { padding: 2px 12px 6px 0; color: var(--faint); font-weight: 500; text-align: left; }
td { padding: 4px 12px 4px 0; border-top: 1px solid var(--grid); vertical-align: top; }
.changed td { color: var(--orange); }
footer { margin-top: 40px; color: var(--faint); font-size: 12px; }
@media print { .card { break-inside: avoid; } }
"""
)
