// Reads scripts with a JavaScript parser: {name: text} in; out, for each, the words it asks for as t.KEY, the names and
// texts it holds at all, and [line, text] of the texts that stand where a reader may come to see them.
import { readFileSync } from "node:fs";
import { parse } from "acorn";
import { fullAncestor } from "acorn-walk";

// Texts given to these, or set under these names, are for the browser or for a developer.
const CALLS = /^(Error|log|info|warn|error|Symbol|startsWith|endsWith|replace|querySelector|querySelectorAll|one|matches|closest|matchMedia|evaluate|getAttribute|ray)$/;
const NAMES = /^(innerHTML|className|class|d|viewBox|transform|key)$/;

const nameOf = (node) => node?.name ?? node?.value ?? (node?.property && !node.computed ? node.property.name : undefined);

/** Whether a node stands where only the browser or a developer sees it: as an argument, a property, or what is set. */
function unseen(node, parent) {
  switch (parent?.type) {
    case "CallExpression": case "NewExpression": {
      const { callee, arguments: given } = parent, before = given[given.indexOf(node) - 1];
      return CALLS.test(nameOf(callee)) || nameOf(callee.object) === "location" || NAMES.test(nameOf(before));
    }
    case "AssignmentExpression": return NAMES.test(nameOf(parent.left));
    case "Property": return parent.key === node || NAMES.test(nameOf(parent.key));
    case "ImportDeclaration": return true;
    case "ExpressionStatement": return "directive" in parent;
    default: return false;
  }
}

function read(script) {
  const asked = new Set(), held = new Set(), texts = [];
  fullAncestor(parse(script, { ecmaVersion: "latest", sourceType: "module", locations: true }), (node, _, path) => {
    const parent = path.at(-2);
    if (node.type === "Identifier") held.add(node.name);
    if (node.type === "MemberExpression") held.add(nameOf(node));
    if (node.type === "MemberExpression" && nameOf(node.object) === "t" && !node.computed) asked.add(nameOf(node));
    const text = node.type === "Literal" ? node.value
      : node.type === "TemplateLiteral" ? node.quasis.map((part) => part.value.cooked).join("\0") : undefined;
    if (typeof text !== "string") return;
    held.add(text);
    if (!unseen(node, parent)) texts.push([node.loc.start.line, text]);
  });
  return { asked: [...asked].sort(), held: [...held].sort(), texts };
}

const scripts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, read(script)]))));
