"""Icons of our own drawing: one path each on a grid of 24 by 24, a mask in the colour of the text."""

CIRCLE = "M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z"
PATHS = {
    "bars": "M4 6h16M4 12h16M4 18h16",
    "list": "M9 6h11M9 12h11M9 18h11M4.5 6h.1M4.5 12h.1M4.5 18h.1",
    "search": "M16.5 10.5a6 6 0 1 1-12 0 6 6 0 0 1 12 0zM15 15l6 6",
    "sun": "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22"
           "M5 5l1.7 1.7M17.3 17.3L19 19M5 19l1.7-1.7M17.3 6.7L19 5",
    "moon": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
    "auto": CIRCLE + "M12 3v18M15 5v14M18 7.5v9",
    "download": "M12 3v12M7 10.5l5 5 5-5M4 20.5h16",
    "print": "M7 8V3h10v5M7 17H3.5V8h17v9H17M7 13.5h10V21H7z",
    "run": "M7 4.5v15L19.5 12z",
    "help": CIRCLE + "M9.2 9.5a2.9 2.9 0 1 1 4.2 2.6c-1 .5-1.4 1-1.4 2M12 17.3v.1",
    "left": "M15 5l-7 7 7 7",
    "right": "M9 5l7 7-7 7",
    "up": "M12 20V5M6 11l6-6 6 6",
    "copy": "M9 9h11v11H9zM15 5.5V4H4v11h1.5",
    "check": "M4 12.5l5.5 5.5L20 6.5",
    "info": CIRCLE + "M12 11v6M12 7.3v.1",
    "warn": "M12 3.5L2.5 20.5h19zM12 10v5M12 17.7v.1",
    "bulb": "M9 18h6M10 21.5h4M8.7 15a5.8 5.8 0 1 1 6.6 0c-.6.5-.8 1-.8 1.5h-5c0-.5-.2-1-.8-1.5z",
}


def icon_css() -> str:
    """Return one rule an icon, `.icon-NAME`, and the drawing as `--icon-NAME` for other rules to use."""
    drawings = "".join(f"--icon-{name}:{drawing(path)};" for name, path in PATHS.items())
    rules = [f".icon-{name}{{--icon:var(--icon-{name})}}" for name in PATHS]
    return "\n".join([f":root{{{drawings}}}", *rules])


def drawing(path: str) -> str:
    """Return a path as an address that CSS can use; `#` and angle brackets must be escaped in one."""
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24' fill='none' stroke='black' "
        f"stroke-width='2' stroke-linecap='round' stroke-linejoin='round'><path d='{path}'/></svg>"
    )
    return 'url("data:image/svg+xml,' + svg.replace("<", "%3C").replace(">", "%3E") + '")'
