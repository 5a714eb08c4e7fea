// Shared by every widget of the book: making elements, setting prose, and the words of the interface.

// Make an element. Keys with a dash, and role, become attributes; the others become properties.
// Text always goes in as text, so what a reader or a file says is never read as HTML.
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "role" || key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  // Else JupyterLab, which has keys of its own, would take Enter and the arrows away from it.
  if (["button", "input", "summary"].includes(tag)) element.setAttribute("data-lm-suppress-shortcuts", "true");
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

// Set a line of text, with what stands between backticks as code.
export function line(text) {
  const parts = text.split("`");
  if (parts.length % 2 === 0) parts.push(parts.splice(-2).join("`"));
  return parts.map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

// Set text as paragraphs; an empty line parts two of them.
export function prose(text) {
  return text.split("\n\n").filter((part) => part.trim()).map((part) => h("p", {}, line(part)));
}

// A table whose first row is its header.
export function table(rows) {
  const cells = (tag, row) => row.map((cell) => h(tag, tag === "th" ? { scope: "col" } : {}, line(cell)));
  return h("table", { className: "book-table" },
    h("thead", {}, h("tr", {}, cells("th", rows[0]))),
    h("tbody", {}, rows.slice(1).map((row) => h("tr", {}, cells("td", row)))));
}

// Paint now and whenever one of these traits changes; returns the clean-up.
export function follow(model, traits, paint) {
  for (const trait of traits) model.on("change:" + trait, paint);
  paint();
  return () => { for (const trait of traits) model.off("change:" + trait, paint); };
}

export const WORDS = {
  en: {
    commit: "Commit", commitSecond: "Keep as second thought", reveal: "Reveal the answer",
    changeMind: "Change my mind", skip: "Show me without guessing",
    howSure: "How sure are you?", guessing: "guessing", leaning: "leaning", sure: "sure",
    needGuess: "First make a guess. Any guess will do.", needSure: "Say how sure you are, then commit.",
    needNumber: "A guess here is a number, such as 1500, 2.5e6 or 3 million.",
    needShape: "A shape is a list of whole numbers, such as (5, 768).",
    needWords: "Write a sentence first. Only you will read it.",
    moveUp: "Move up", moveDown: "Move down", pointHint: "Tap the map, or use the sliders.", across: "Across", up: "Up",
    nearTo: "Near to", needPoint: "First put your mark on the map.", apart: "off by this share of the map's spread:",
    several: "Choose all that fit.", yourNumber: "Your number", yourShape: "Your shape", yourWords: "In your own words",
    slider: "The same on a slider", noNumber: "no number yet", yourGuess: "Your guess", secondThought: "Second thought", theAnswer: "Answer",
    modelAnswer: "One way to say it", right: "Right.", wrong: "Not this time.", secondRight: "Your second thought was right.",
    skipped: "Shown without a guess.", sureWrong: "You were sure. This one surprises many people.", more: "More on this",
    rate: "How close were you?", missed: "missed it", partly: "partly", got: "got it", noted: "Noted.",
    within2: "within a factor of 2", within10: "within a factor of 10", times: "off by a factor of", off: "off by",
    wrongSign: "on the other side of zero", exactly: "exactly",
    turn: "Turn the card", turnBack: "Turn back", knew: "knew it", notYet: "not yet", knewNoted: "Noted: knew it.",
    notYetNoted: "Noted: not yet. It will come back.",
    sureTable: "How sure you were, and how often you were right", howSureHead: "You said", answered: "guesses", rightHead: "right",
    noGuesses: "No guesses yet. This table fills as you read.", few: "Too few guesses for a percentage yet.",
    surelyWrong: "Sure, and not right: worth another look",
    neighbours: "Two words and their neighbours", neighboursFirst: "First word", neighboursSecond: "Second word",
    neighboursCompare: "Compare", neighboursMany: "Neighbours of each:", neighboursLoading: "Loading the words (1 MB, once)",
    neighboursNoTable: "The words could not be loaded. Press Compare to try again.",
    neighboursWaiting: "Waiting for the notebook. If nothing comes, run this cell again.",
    neighboursCosine: "The cosine of {first} and {second} is", neighboursSame: "It is the same row.",
    neighboursNear: "Nearest to {word}", neighboursClose: "Try one of these:",
    neighboursMissing: {
      empty: "Write a word in both boxes.",
      cut: "“{word}” is more than one token: {pieces}. A word in pieces has no row of its own in the table.",
      unknown: "“{word}” is not in the vocabulary, not even in pieces. The model reads [UNK] in its place.",
      leftOut: "“{word}” is on the list of words that this explorer leaves out.",
      elsewhere: "“{word}” has a row, with the ID {id}, but this page holds only the most used words. A notebook has all rows.",
    },
    neighboursMap: "Map of the words, across and up:", neighboursMarks: ["near the first word", "near the second", "near both"],
    neighboursShare: "The map (PCA) keeps {percent}% of the variance of these {n} rows. Neighbours are computed in all {dim} dimensions, not on the map.",
    neighboursWhole: "All {n} rows of the table were compared; offensive words are not listed. Press a word to go to it.",
    neighboursRounded: "The {n} words on this page were compared, with numbers rounded to 4 bits. Press a word to go to it.",
    explorer: "Sentence explorer", yourText: "Your text", chooseToken: "Choose a token to read its numbers.",
    oneToken: "1 token", manyTokens: "{n} tokens", oneRow: "one row", differentRows: "{n} different rows", firstShown: "the first {n} shown",
    timesHere: "{n} times", moreThanOnce: "More than once:", samePlaces: "places {places}, the same row", and: "and",
    andMore: "and {n} more", andMoreTokens: "and {n} more tokens",
    itsNumbers: "(ID {id}): numbers 0 to {last} of its {dim}.", itsRoundedNumbers: "(ID {id}): numbers 0 to {last} of its {dim}, rounded.",
    exactRows: "A strip is the first {columns} of the {dim} numbers in a row: dark is small, light is large.",
    roundedRows: "A strip is the first {columns} of the {dim} numbers in a row: dark is small, light is large. Each is rounded to one of 16 levels and is off by 0.004 on average.",
    piecesNote: "`##` marks a piece that continues the word before it.",
    unknownNote: "`[UNK]` (unknown) stands for a word that this vocabulary has no pieces for. All such words share one row.",
    specialNote: "The model puts `[CLS]` in front and `[SEP]` at the end of every text; they are left out here.",
    textCut: "Only the first {n} characters are read.", loadingTable: "Loading the vocabulary and the table, once (0.6 MB).",
    tryAgain: "Try again", noTable: "The vocabulary and the table could not be loaded, so the tokens below are not those of your text.",
    replayTitle: "Replay of the training", replayPlay: "Play", replayPause: "Pause", replayBack: "Back", replayNext: "Next",
    replaySlider: "Step of the training", replayCalm: "Your device asks for less motion, so this film goes frame by frame: Back, Next or the slider.",
    replayStep: "Step", replayLoss: "Loss", replayScore: "Cluster score", replayKept: "Spread on the map",
    replayNow: "step {step}: loss {loss}, cluster score {score}, {share} of the spread on the map",
    replayMap: "Map of {n} words at step {step}.", replayIsland: "{group} around {x} across, {y} up.",
    replayCurve: "{name}: {first} at step 0, {now} at step {step}, {last} at step {end}.",
    replayAxes: "The map shows 2 of {columns} axes, those of the last frame, and keeps them in all frames. They hold {share} of the spread there: {across} across, {up} up. The rest is not on it. The cluster score (silhouette, from −1 to 1) counts all {columns} columns.",
    replayFind: "Find a word", replayNone: "none", replayWord: "{word} is {x} across and {y} up. Nearest on this map: {near}. A flat map can mislead: words may be near here and far in the table.",
    replayTable: "The groups as a table", replayGroup: "group", replayAcross: "across", replayUp: "up", replayFrom: "mean distance from its centre",
    replayAgain: "Train again", replaySettings: "Other settings", replaySteps: "Steps", replayLr: "Learning rate", replaySeed: "Seed",
    replayOptimiser: "Optimiser", replayTied: "Tied output weights", replayBusy: "Training …",
    replayNotebook: "In a notebook you can train again here, with other settings, and replay that.",
    dial: "Rope dial", dialModel: "Model", dialBack: "Back to this model's numbers",
    dialFacts: "{name}: {head_dim} numbers in a head, {rotary_dim} of them turn; base {base}; context {context} tokens; {pairing}.",
    dialQuery: "Query at place m", dialKey: "Key at place n", dialBase: "Base", dialRotary: "Numbers that turn", dialPair: "Pair",
    dialWhole: "a whole number", dialEven: "an even whole number", dialRule: "{name} is {kind} from {low} to {high}",
    dialClamped: "{rule}: {asked} became {used}.", dialNotNumber: "{rule}. “{text}” is no number, so it stays at {kept}.",
    dialMove: "Move both by {step}", dialNoRoom: "There is no room in the context to move both by {step}.",
    dialScore: "Offset m − n = {offset}. Score q·k = {score}.", dialNoPass: "All {turn} numbers of the head turn.",
    dialParts: "The {turn} numbers that turn give {turned}; the {pass} that pass unchanged give {passed}.",
    dialStays: "Moved together from ({a}, {b}) to ({m}, {n}): the score was {then} and is {now}. It stays.",
    dialParted: "Moved together from ({a}, {b}) to ({m}, {n}): the score was {then} and is {now}. It does not stay.",
    dialOffsetRule: "The score depends only on the offset m − n, not on m and n themselves.",
    dialMixedRule: "Query and key disagree on which numbers are a pair. Now the score depends on m and n themselves.",
    dialView: "On the dial", dialOne: "one pair", dialAll: "all pairs",
    dialHint: "Drag q or k, or use the arrow keys on them. Dashed: where each stands at place 0.",
    dialClocksHint: "The fastest pair comes first. Long hand: query. Short hand: key. Choose a dial to enlarge it.",
    dialQueryArrow: "Query arrow", dialKeyArrow: "Key arrow", dialArrow: "place {place}, turned by {turned}",
    dialAmount: "{degrees} ({radians} rad)", dialTitle: "Dial of pair {pair}. From key to query: {between}",
    dialClocks: "Dials of all {pairs} pairs. From key to query, pair by pair: {between}",
    dialPairing: "Which numbers make a pair", dialSplit: "split halves", dialInterleaved: "interleaved neighbours",
    dialMixed: "mixed up: query split, key interleaved", dialAnd: " and ",
    dialNumbers: "Pair {pair} is numbers {numbers} of the head.",
    dialMixedNumbers: "Pair {pair} is numbers {numbers} of the query, but {others} of the key. Their product is no product of two pairs, so the angle on the dial says nothing of the score.",
    dialTurn: "Each token turns it by {angle}: a full turn takes {tokens} tokens. At place {m} the query has turned by {query}, at place {n} the key by {key}.",
    dialBetween: "From key to query: {before} before turning. The offset adds {added}. Whole turns left out, that makes {now}.",
    dialStrip: "A head of {head} numbers: {turn} turn, {pass} pass unchanged.", dialStripTurn: "{turn} turn", dialStripPass: "{pass} pass unchanged",
    dialCurveHead: "Score against offset", dialSpan: "Offsets shown", dialWholeContext: "the whole context",
    dialCurve: "The score from offset {left} to {right}. At offset {offset}: {score}. Lowest {low} at {lowAt}, highest {high} at {highAt}.",
    dialEach: "offset m − n", dialEvery: "offset m − n, one in {stride} shown", dialDashed: "Dashed: the curve before both moved.",
    dialWavesHead: "Tokens for one full turn", dialAxis: "tokens", dialContext: "context {context}", dialPairName: "pair {pair}",
    dialFull: "{full} of {pairs} pairs complete a turn within the context of {context} tokens. A full turn takes from {first} to {last} tokens.",
    dialWaves: "Tokens for one full turn, on a log scale: from {first} to {last}. {full} of {pairs} pairs complete a turn within {context} tokens. Pair {pair} takes {length}.",
    dialWavesHint: "Filled: completes a turn. Open: does not.", dialTable: "All pairs as a table",
    dialColumns: "Pair|Numbers|Tokens a turn|Turns in the context|Key to query|Part of the score",
    config: "Config explorer", configModel: "Model", configOwn: "your own", configYours: "Your own config.json", configFile: "Choose a file",
    configDrop: "Or drop it anywhere on this explorer.", configPaste: "Or paste its text", configText: "Text of a config.json", configRead: "Read this text",
    configPrivate: "Your browser reads it, here. It is sent nowhere and stored nowhere.",
    configFolder: "A folder on this notebook's machine", configReadFolder: "Read the folder",
    configWaiting: "Waiting for the notebook. If nothing comes, run this cell again.", configProblem: "{name} was not read: {error}",
    configUnread: "{name} could not be opened as a file.", configNoFile: "no file came with this drop; text goes into the paste box.",
    configSaid: "a table of {rows} rows, {width} numbers each.", configUnsized: "this file does not say both the rows and the width of its table.",
    configDisagree: "Keys of this file disagree about: {facts}. Both values stand below.",
    configFacts: "What the file says", configRest: "What else it says", configAbsent: "absent", configFrom: "from {key}", configBut: "but {key} says {value}",
    configCode: "Its family's code would take {value} ({from}).", configLooked: "Looked for:", configNote: "Note: {note}.", configDoubt: "Not certain: {why}.",
    configBytes: "Bytes of the table", configColumns: "Numbers as|Bytes|MB|MiB", configTaken: "Not in the file, taken from its family's code: {facts}.",
    configScales: "1 MB is 1,000,000 bytes, 1 MiB is 1,048,576. int8 adds an fp32 scale for each row; 4-bit adds an fp16 scale for each 32 numbers.",
    configShare: "Share of the model", configOf: "of {total} parameters", configTied: "One table: input and output share it (tied).",
    configUntied: "Two tables of this size: input and output have one each (not tied).", configCounted: "Parameters: {from}.",
    configNoShare: "Not known: {why}", configNeeds: "a share needs rows, width and tied; this file does not say all three.", configSources: "Where these numbers were seen:",
  },
};

// The words of the page's language, English where there are none.
export function words(element) {
  const lang = (element.closest?.("[lang]")?.lang || document.documentElement.lang || "en").split("-")[0];
  return { ...WORDS.en, ...WORDS[lang] };
}
