"""A report as one HTML page that needs nothing else: no script, no other file, no request."""

from html import escape

from reports.report import Figure, Part, Report, Table, Words

STYLE = """
body { font: 14px/1.5 Inter, system-ui, sans-serif; color: #16181D; margin: 32px auto; padding: 0 16px }
h1 { font-size: 22px; margin: 0 } h2 { font-size: 15px; margin: 24px 0 6px } p, ul { margin: 4px 0 }
.under, .foot, .note { color: #5B6472; font-size: 12px } .answer { font-weight: 600; margin: 12px 0 }
.mark { border: 1.5px solid #16181D; border-radius: 6px; padding: 2px 10px; font-weight: 600; white-space: nowrap }
header { display: flex; justify-content: space-between; align-items: start; gap: 16px }
table { border-collapse: collapse; width: 100%; font-size: 12px } svg { width: 100%; height: auto }
th, td { text-align: left; vertical-align: top; padding: 4px 8px 4px 0; border-bottom: 1px solid #E4E7EC }
@media print { body { margin: 0; max-width: none } h2 { break-after: avoid } tr, svg { break-inside: avoid } }
"""


def html(report: Report) -> str:
    """The page."""
    mark = f'<span class="mark">{escape(f"{report.mark} {report.proposal}")}</span>' if report.proposal else ""
    parts = "".join(f"<h2>{escape(part.heading)}</h2>{_part(part)}" for part in report.parts)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(report.title)}</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{STYLE}body {{ max-width: {1040 if report.landscape else 760}px }}</style></head><body>"
        f"<header><div><h1>{escape(report.title)}</h1>"
        f'<p class="under">{escape(report.under)}</p>{_made_up(report)}</div>{mark}</header>'
        f'<p class="answer">{escape(report.answer)}</p>{parts}<p class="foot">{escape(report.foot)}</p></body></html>\n'
    )


def _made_up(report: Report) -> str:
    return f'<p class="under"><span class="mark">{escape(report.made_up)}</span></p>' if report.made_up else ""


def _part(part: Part) -> str:
    if isinstance(part, Figure):
        return f'<figure style="margin:0" role="img" aria-label="{escape(part.told)}">{part.svg}</figure>'
    if isinstance(part, Table):
        head = "".join(f"<th>{escape(name)}</th>" for name in part.columns)
        rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in part.rows)
        note = f'<p class="note">{escape(part.note)}</p>' if part.note else ""
        return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{note}"
    return _words(part)


def _words(part: Words) -> str:
    if part.points:
        return f"<ul>{''.join(f'<li>{escape(each)}</li>' for each in part.sentences)}</ul>"
    return "".join(f"<p>{escape(each)}</p>" for each in part.sentences)
