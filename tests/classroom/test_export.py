"""Guesses in other systems' forms say what the book says: read back from the files, question by question."""

import html
import re
import zipfile
from xml.etree import ElementTree

import pytest

from book_utils.__main__ import main
from book_utils.asking.questions import read_questions

ASKED = {f"{chapter}.{guess['name']}": guess for chapter, asked in read_questions().items()
         for guess in asked["guesses"] if guess["kind"] in ("choice", "choices", "order")}


def plain(text):
    return " ".join(text.replace("`", "").split())


def said(element):
    return plain("".join(element.itertext()))


@pytest.mark.parametrize("form, prefix, space", [
    ("qti3", "qti-", "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"),
    ("qti21", "", "http://www.imsglobal.org/xsd/imsqti_v2p1")])
def test_qti(tmp_path, form, prefix, space):
    assert main(["export", form, str(tmp_path)]) == 0
    first = (tmp_path / f"guesses-{form}.zip").read_bytes()
    assert main(["export", form, str(tmp_path)]) == 0
    assert (tmp_path / f"guesses-{form}.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / f"guesses-{form}.zip") as package:
        manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
        about = [part.text for part in manifest[0]], {one.get("type") for one in manifest[2]}
        assert about == ((["QTI Package", "3.0.0"], {"imsqti_item_xmlv3p0"}) if prefix else
                         (["QTIv2.1 Package", "1.0.0"], {"imsqti_item_xmlv2p1"}))
        assert ("v3p0" in manifest.tag) == bool(prefix)
        listed = re.findall(r'<file href="(.*?)"', package.read("imsmanifest.xml").decode())
        assert sorted(["imsmanifest.xml", *listed]) == sorted(package.namelist())
        items = {item.get("identifier"): item for item in (ElementTree.fromstring(package.read(n)) for n in listed)}
    assert list(items) == list(ASKED)

    def every(item, name):
        camel = name if prefix else re.sub("-(.)", lambda letter: letter[1].upper(), name)
        return list(item.iter(f"{{{space}}}{prefix}{camel}"))

    for name, guess in ASKED.items():
        item = items[name]
        assert said(every(item, "prompt")[0]) == plain(guess["question"])
        choices, notes = {}, {}
        for one in every(item, "simple-choice"):
            for note in every(one, "feedback-inline"):
                notes[one.get("identifier")] = said(note)
                one.remove(note)
            choices[one.get("identifier")] = said(one)
        assert list(choices.values()) == [plain(choice["label"]) for choice in guess["choices"]]
        assert list(notes.values()) == [plain(choice["note"]) for choice in guess["choices"] if choice["note"]]
        right = [choices[value.text] for value in every(every(item, "correct-response")[0], "value")]
        assert right == [plain(one) for one in (guess["answer"] if guess["kind"] != "choice" else [guess["answer"]])]
        (declared,), order = every(item, "response-declaration"), guess["kind"] == "order"
        many = {"choice": "single", "choices": "multiple", "order": "ordered"}
        assert declared.get("cardinality") == many[guess["kind"]]
        (asked,) = every(item, "order-interaction" if order else "choice-interaction")
        most = asked.get("max-choices" if prefix else "maxChoices")
        assert most == {"choice": "1", "choices": "0", "order": None}[guess["kind"]]  # 0: as many as one likes
        assert asked.get("shuffle") == "false" and len(set(choices)) == len(guess["choices"])
        code = [said(one) for one in item.iter(f"{{{space}}}code")]
        assert code == re.findall("`(.*?)`", " ".join(  # in the order of the page
            [guess["question"], *[f"{choice['label']} {choice['note']}" for choice in guess["choices"]]])) or notes


def test_gift(tmp_path):
    """Read by the rules of Moodle's documentation: a backslash makes the next letter a letter."""
    assert main(["export", "gift", str(tmp_path)]) == 0
    text = (tmp_path / "guesses.gift.txt").read_text(encoding="utf-8")

    def told(part):
        return plain(html.unescape(re.sub("</?code>", "", re.sub(r"\\(.)", r"\1", part))))

    found, category, chapters = {}, None, {}
    for block in re.split(r"\n\n", text.strip()):
        if block.startswith("$CATEGORY: "):
            category = block.rpartition("/")[2]
            assert category not in chapters.values()  # named once, before the first of its questions
        if match := re.fullmatch(r"::((?:\\.|[^:])*)::\[html\]((?:\\.|[^{])*)\{\n(.*)\n\}", block, re.DOTALL):
            found[told(match[1])] = (told(match[2]), match[3].split("\n"))
            chapters[told(match[1])] = category
    assert chapters == {guess["name"]: place.partition(".")[0] for place, guess in ASKED.items()}
    assert list(found) == [guess["name"] for guess in ASKED.values()]
    for guess in ASKED.values():
        question, lines = found[guess["name"]]
        assert question == plain(guess["question"])
        if guess["kind"] == "order":
            assert [told(line) for line in lines] == [
                f"={place} -> {plain(one)}" for place, one in enumerate(guess["answer"], 1)]
            continue
        parts = [re.fullmatch(r"([=~])(?:%(-?[\d.]+)%)?((?:\\.|[^#\\])*)(?:#(.*))?", line).groups() for line in lines]
        right = guess["answer"] if guess["kind"] == "choices" else [guess["answer"]]
        for (mark, share, label, note), choice in zip(parts, guess["choices"], strict=True):
            assert (told(label), told(note or "")) == (plain(choice["label"]), plain(choice["note"]))
            assert (float(share) > 0 if share else mark == "=") == (choice["label"] in right)
        shares = [float(share) for _, share, *_ in parts if share]
        assert bool(shares) == (guess["kind"] == "choices")
        for sign in (1, -1) if shares else ():  # all that is right gives all, and all that is wrong takes all
            assert sum(share for share in shares if share * sign > 0) == pytest.approx(100 * sign, abs=1e-4)


def test_a_folder_that_is_not_there_is_made(tmp_path):
    for _ in range(2):
        assert main(["export", "gift", str(tmp_path / "new" / "folder")]) == 0
    assert (tmp_path / "new" / "folder" / "guesses.gift.txt").exists()


def test_another_form_or_a_full_disk_is_said_in_a_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert main(["export", "gift", str(tmp_path / "file")]) == 1
    assert "cannot be written" in capsys.readouterr().err
