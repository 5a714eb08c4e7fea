"""Finish the bookmarks and the tags of a PDF that Chromium printed, so that it keeps to PDF/UA-1 (ISO 14289-1).

A screen reader reads a PDF by its tags. Chromium writes most of them; this adds what it leaves out.
"""

from xml.sax.saxutils import escape

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, Fit, NameObject, StreamObject, TextStringObject

STARTS = {b"m", b"re", b"BT", b"Do"}
ENDS = {b"f", b"f*", b"S", b"B", b"B*", b"b", b"b*", b"s", b"ET", b"Do"}
# What a tag of HTML is among the standard types of PDF.
ROLES = {"/Strong": "/Span", "/Em": "/Span"}
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
   <dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
   <pdfuaid:part>1</pdfuaid:part>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def set_bookmarks(writer: PdfWriter, headings: list[tuple[int, str]]) -> None:
    """Give the bookmarks of a PDF the levels and words of its headings.

    The browser knows where each is, but it runs words together at the end of a line, and nests by its own lights.
    """
    marks = flat(writer.outline)
    writer.root_object.pop("/Outlines")
    parents = {0: None}
    for (level, words), mark in zip(headings, marks, strict=True):
        above = parents[max(other for other in parents if other < level)]
        place = Fit.xyz(mark.left, mark.top)
        parents = {other: item for other, item in parents.items() if other < level}
        page = writer.get_page_number(mark.page.get_object())
        parents[level] = writer.add_outline_item(title=words, page_number=page, parent=above, fit=place)


def flat(marks: list) -> list:
    """Return nested bookmarks in the order of the pages."""
    return [one for mark in marks for one in (flat(mark) if isinstance(mark, list) else [mark])]


def finish_tags(writer: PdfWriter, title: str, links: dict[str, str]) -> None:
    """Finish the tags of a PDF; `links` says in words what each address or name of a place is."""
    tree = writer.root_object["/StructTreeRoot"]
    tree[NameObject("/RoleMap")] = DictionaryObject({NameObject(a): NameObject(b) for a, b in ROLES.items()})
    mend(tree["/K"], writer, owners(tree["/ParentTree"]))
    for page in writer.pages:
        contents = StreamObject()
        contents.set_data(with_artifacts(page["/Contents"].get_data()))
        writer._replace_object(page.raw_get("/Contents"), contents.flate_encode())
        for note in page.get("/Annots", []):
            describe(note.get_object(), links)
    stream = StreamObject()
    stream.set_data(XMP.format(title=escape(title)).encode())
    stream.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)


def mend(node, writer: PdfWriter, lists: dict[int, ArrayObject]) -> bool:
    """Mend the tags of a part, and say whether there is a figure in it.

    HTML's <figure> holds an image and its caption: a second figure, for which there are no words, would be around the
    one that has them. What stands beside the mark of a list's item must be its body.
    """
    node = node.get_object()
    if isinstance(node, ArrayObject):
        return any([mend(kid, writer, lists) for kid in node])
    if not isinstance(node, DictionaryObject):
        return False  # a number: content of the page
    inside = mend(node["/K"], writer, lists) if "/K" in node else False
    kind = node.get("/S")
    if kind == "/Figure" and inside:
        node[NameObject("/S")] = NameObject("/Div")
    if kind == "/LI":
        give_body(node, writer, lists)
    return inside or kind == "/Figure"


def give_body(item: DictionaryObject, writer: PdfWriter, lists: dict[int, ArrayObject]) -> None:
    """Put all but the mark of a list's item into an element LBody."""
    kids = item["/K"] if isinstance(item["/K"], ArrayObject) else ArrayObject([item.raw_get("/K")])
    marks = [kid for kid in kids if kind_of(kid) == "/Lbl"]
    rest = ArrayObject(kid for kid in kids if kid not in marks)
    body = DictionaryObject({NameObject("/Type"): NameObject("/StructElem"), NameObject("/S"): NameObject("/LBody"),
                             NameObject("/P"): item.indirect_reference, NameObject("/K"): rest})
    if "/Pg" in item:
        body[NameObject("/Pg")] = item.raw_get("/Pg")
    place = writer._add_object(body)
    for kid in rest:
        if kind_of(kid):
            kid.get_object()[NameObject("/P")] = place
        else:  # content of a page, for which the page has a list of whom it belongs to
            part = kid.get_object()
            page, number = (item["/Pg"], part) if isinstance(part, int) else (part["/Pg"], part["/MCID"])
            lists[page["/StructParents"]][number] = place
    item[NameObject("/K")] = ArrayObject([*marks, place])


def kind_of(kid) -> str | None:
    """Return the type of an element, None where it is content of a page."""
    part = kid.get_object()
    return part.get("/S") if isinstance(part, DictionaryObject) else None


def owners(tree: DictionaryObject) -> dict[int, ArrayObject]:
    """Return the lists that say to which element each content of a page belongs, by the page's /StructParents."""
    numbers = tree.get("/Nums", [])
    found = {int(key): value.get_object() for key, value in zip(numbers[::2], numbers[1::2], strict=True)}
    for kid in tree.get("/Kids", []):
        found |= owners(kid.get_object())
    return found


def describe(note: DictionaryObject, links: dict[str, str]) -> None:
    """Say in words where the link of an annotation leads."""
    address = note.get("/A", {}).get("/URI") or str(note.get("/Dest", "")).removeprefix("/")
    note[NameObject("/Contents")] = TextStringObject(links[address])


def with_artifacts(content: bytes) -> bytes:
    r"""Mark what is drawn outside of all tags (lines, grounds, the number of a page) as no part of the text.

    Chromium ends a line after each operator.

    >>> with_artifacts(b"/P <</MCID 0 >>BDC\nBT\nET\nEMC\n0 0 9 9 re\nf\n0 0 9 9 re\nW n")
    b'/P <</MCID 0 >>BDC\nBT\nET\nEMC\n/Artifact BMC\n0 0 9 9 re\nf\nEMC\n0 0 9 9 re\nW n'
    """
    lines, depth, start = [], 0, None
    for line in content.split(b"\n"):
        lines.append(line)
        operator = line.rsplit(b" ", 1)[-1]
        if operator.endswith((b"BDC", b"BMC")):
            depth += 1
        elif operator == b"EMC":
            depth -= 1
        if depth:
            start = None
            continue
        if operator in STARTS and start is None:
            start = len(lines) - 1
        if operator in ENDS and start is not None:
            lines.insert(start, b"/Artifact BMC")
            lines.append(b"EMC")
        if operator in ENDS or operator == b"n":
            start = None
    return b"\n".join(lines)
