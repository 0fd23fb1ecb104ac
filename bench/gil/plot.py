"""Speed-ups as a drawing: a bar for what was measured, a line across it for what the model said."""

COLOURS = {"banyan": "#2e7d32", "go": "#0288d1", "python": "#f9a825"}
WIDTH, HEIGHT, LEFT, TOP, BOTTOM, BAR = 760, 320, 50, 30, 60, 38


def after(measure, drawn, path):
    """Measures the last case, then draws all of them."""
    row = measure()
    if drawn:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(svg(drawn), encoding="utf-8")
        print(f"drawn: {path}")
    return row


def group(x, name, bars):
    """One case. Each has a scale of its own, as 2 and 100 do not fit on one."""
    most = max(max(measured, expected) for _, measured, expected in bars) * 1.15
    high = HEIGHT - TOP - BOTTOM
    parts = []
    for i, (who, measured, expected) in enumerate(bars):
        left, top = x + i * (BAR + 8), HEIGHT - BOTTOM - high * measured / most
        line = HEIGHT - BOTTOM - high * expected / most
        parts += [f'<rect x="{left}" y="{top:.1f}" width="{BAR}" height="{HEIGHT - BOTTOM - top:.1f}" '
                  f'fill="{COLOURS.get(who, "#777")}"/>',
                  f'<line x1="{left - 3}" x2="{left + BAR + 3}" y1="{line:.1f}" y2="{line:.1f}" stroke="#000" '
                  f'stroke-width="2"/>',
                  f'<text x="{left + BAR / 2}" y="{min(top, line) - 5:.1f}" text-anchor="middle">{measured:.2f}</text>',
                  f'<text x="{left + BAR / 2}" y="{HEIGHT - BOTTOM + 15}" text-anchor="middle">{who}</text>']
    middle = x + (len(bars) * (BAR + 8) - 8) / 2
    label = f'<text x="{middle}" y="{HEIGHT - BOTTOM + 35}" text-anchor="middle" font-weight="bold">{name}</text>'
    return [*parts, label]


def svg(drawn):
    step = (WIDTH - LEFT) / max(1, len(drawn))
    parts = [part for i, (name, bars) in enumerate(drawn) for part in group(int(LEFT + i * step), name, bars)]
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
                      f'font-family="sans-serif" font-size="11">',
                      f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
                      '<text x="10" y="16">Speed-up of many tasks over one: measured (bar) and predicted (line)</text>',
                      *parts, "</svg>", ""])
