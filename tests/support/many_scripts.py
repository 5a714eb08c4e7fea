"""Texts in many scripts, and of every awkward form, for tokenizers."""

TEXTS = [
    "", " \t\r\n ", "the cat chased the dog", "Embeddings!", "internationalization",
    "don't, won't; it's rock'n'roll", "naïve café Ångström crème brûlée Zürich",
    "e\u0301 n\u0303 o\u0308\u0323", "İstanbul ISPARTA ıçği", "Straße GROẞ", "ΟΔΥΣΣΕΥΣ ὀδυσσεύς Σ",
    "我爱北京 the 東京タワー 한국어 ガギグ", "𠀀𪚥𫝀 豈 㐀", "🙂 👩‍👩‍👧 🏳️‍🌈 ✓ ★ a🙂b",
    "سلام عليكم שלום עֲלֵיכֶם", "a\u0000b\u0007c\ufffdd\u200be\u200df\u00adg\ufeffh",
    "x\u00a0y\u2003z\u3000w\u0085v\u2028u", "\u202ereversed\u202c", "a" * 100, "a" * 101, "é" * 100,
    "e\u0301" * 101, "1,234.50 € 5×10³ ½ ² ①", "[CLS] [cls] [MASK][SEP]x[UNK]y[PAD]",
    "##ing # ing [unused1] `code` $5 a+b=c <script>alert(1)</script> ~^|", "ﬁne ﬀ Ⅷ ⒜ ＡＢＣ",
    "@user #tag http://a.b/c?d=e&f", "\u0915\u094d\u0937 ไทย ខ្មែរ தமிழ்", "—–‐ “quoted” ‘single’ …",
    "\ue000private\U000f0000", "ª º µ ſ K Å",
]
