// Reads the Markdown inside one block: a tree of texts and { tag, … , children }.
//
// Each character is looked at a bounded number of times, whatever somebody writes. The rules are those of
// https://spec.commonmark.org/0.31.2/#inlines where people use them; HTML is text like any other.

const depthLimit = 24;
const targetLimit = 2048;
const special = /[\\`*_~[\]<\n]|https?:\/\//g;
const punctuation = /[\p{P}\p{S}]/u;

/** The address if it is of a kind that only leads somewhere, else null. */
export function safeAddress(text) {
  try {
    const url = new URL(text);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Reads a text; in one that is still being written, what is bold or code is shown so before its end has come. */
export function inlines(text, isOpen = false) {
  const reader = new InlineReader(text);
  return build(reader.read(isOpen));
}

class InlineReader {
  #text;
  #at = 0;
  /** Texts, elements, and runs that may turn out to open or close something. */
  #parts = [];
  /** Runs that may open an element, and how many there are of each character. */
  #openers = [];
  #open = { "*": 0, _: 0, "~": 0 };
  #brackets = [];
  /** Where runs of backticks begin, by their length, the first of them last. */
  #ticks = null;

  constructor(text) {
    this.#text = text;
  }

  read(isOpen) {
    while (this.#at < this.#text.length) {
      special.lastIndex = this.#at;
      const found = special.exec(this.#text);
      if (found === null) {
        this.#add(this.#text.slice(this.#at));
        break;
      }
      this.#add(this.#text.slice(this.#at, found.index));
      this.#at = found.index;
      this.#readSpecial(found[0], isOpen);
    }
    if (isOpen) this.#closeBold();
    return this.#parts;
  }

  #add(part) {
    if (part !== "") this.#parts.push(part);
  }

  #readSpecial(mark, isOpen) {
    switch (mark) {
      case "\\": return this.#readEscape();
      case "`": return this.#readCode(isOpen);
      case "*":
      case "_":
      case "~": return this.#readRun(mark);
      case "[":
        this.#brackets.push(this.#parts.length);
        this.#parts.push({ literal: "[", opens: [], closes: [] });
        this.#at += 1;
        return;
      case "]": return this.#readBracket();
      case "<": return this.#readAngle();
      case "\n": return this.#readBreak();
      default: return this.#readAddress();
    }
  }

  #readEscape() {
    const next = this.#text[this.#at + 1] ?? "";
    this.#at += 2;
    if (next === "\n") this.#parts.push({ tag: "br", children: [] });
    else this.#add(/[!-/:-@[-`{-~]/.test(next) ? next : "\\" + next);
  }

  #readBreak() {
    const last = this.#parts.at(-1);
    const isHard = typeof last === "string" && last.endsWith("  ");
    if (isHard) this.#parts.push({ tag: "br", children: [] });
    else this.#add("\n");
    this.#at += 1;
  }

  #readCode(isOpen) {
    const length = runLength(this.#text, this.#at, "`");
    const start = this.#at + length;
    const end = this.#findTicks(start, length);
    if (end < 0 && !(isOpen && length === 1 && start < this.#text.length)) {
      this.#add("`".repeat(length));
      this.#at = start;
      return;
    }
    const inside = this.#text.slice(start, end < 0 ? undefined : end).replaceAll("\n", " ");
    const isPadded = inside.startsWith(" ") && inside.endsWith(" ") && inside.trim() !== "";
    this.#parts.push({ tag: "code", children: [isPadded ? inside.slice(1, -1) : inside] });
    this.#at = end < 0 ? this.#text.length : end + length;
  }

  /** Where the next run of just so many backticks begins, or -1. */
  #findTicks(start, length) {
    this.#ticks ??= tickRuns(this.#text);
    const places = this.#ticks.get(length) ?? [];
    while (places.at(-1) < start) places.pop();
    return places.at(-1) ?? -1;
  }

  // https://spec.commonmark.org/0.31.2/#delimiter-run
  #readRun(character) {
    const length = runLength(this.#text, this.#at, character);
    const before = this.#text[this.#at - 1] ?? " ";
    const after = this.#text[this.#at + length] ?? " ";
    const isLeft = !/\s/.test(after) && (!punctuation.test(after) || /\s/.test(before) || punctuation.test(before));
    const isRight = !/\s/.test(before) && (!punctuation.test(before) || /\s/.test(after) || punctuation.test(after));
    const isWordwise = character === "_";
    const run = { character, count: length, opens: [], closes: [] };
    this.#at += length;
    this.#parts.push(run);
    if (character === "~" && length !== 2) return;
    if (isRight && !(isWordwise && isLeft && !punctuation.test(after))) this.#close(run);
    if (run.count > 0 && isLeft && !(isWordwise && isRight && !punctuation.test(before))) {
      run.index = this.#parts.length - 1;
      this.#openers.push(run);
      this.#open[character] += 1;
    }
  }

  #close(run) {
    while (run.count > 0 && this.#open[run.character] > 0) {
      const opener = this.#openers.at(-1);
      // What stands between two that belong together opens nothing.
      if (opener.character !== run.character) {
        this.#popOpener();
        continue;
      }
      const size = Math.min(2, opener.count, run.count);
      const tag = run.character === "~" ? "del" : size === 2 ? "strong" : "em";
      opener.opens.unshift({ tag });
      run.closes.push(tag);
      opener.count -= size;
      run.count -= size;
      if (opener.count === 0) this.#popOpener();
    }
  }

  #popOpener() {
    this.#open[this.#openers.pop().character] -= 1;
  }

  /** Ends what is bold and has no end yet. */
  #closeBold() {
    const end = { literal: "", opens: [], closes: [] };
    while (this.#openers.length > 0) {
      const opener = this.#openers.at(-1);
      if (opener.character === "*" && opener.count === 2 && opener.index < this.#parts.length - 1) {
        opener.count = 0;
        opener.opens.unshift({ tag: "strong" });
        end.closes.push("strong");
      }
      this.#popOpener();
    }
    this.#parts.push(end);
  }

  #readBracket() {
    this.#at += 1;
    const start = this.#brackets.pop();
    const target = start === undefined ? null : this.#readTarget();
    const href = target === null ? null : safeAddress(target);
    if (href === null) {
      // An address that leads nowhere safe is shown as it was written.
      this.#add(target === null ? "]" : `](${target})`);
      return;
    }
    while (this.#openers.length > 0 && this.#openers.at(-1).index > start) this.#popOpener();
    this.#brackets = [];
    const opening = this.#parts[start];
    opening.literal = "";
    opening.opens.push({ tag: "a", href });
    this.#parts.push({ literal: "", opens: [], closes: ["a"] });
    const before = this.#parts[start - 1];
    // A picture would be fetched from elsewhere; its description leads there instead.
    if (typeof before === "string" && before.endsWith("!")) this.#parts[start - 1] = before.slice(0, -1);
  }

  /** Reads `(address "title")` after a bracket; null where there is none. */
  #readTarget() {
    const rest = this.#text.slice(this.#at, this.#at + targetLimit);
    const found = /^\([ \t]*(?:<([^<>\n]*)>|((?:[^\s()]|\([^\s()]*\))*))(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'))?[ \t]*\)/.exec(rest);
    if (found === null) return null;
    this.#at += found[0].length;
    return found[1] ?? found[2];
  }

  #readAngle() {
    const rest = this.#text.slice(this.#at, this.#at + targetLimit);
    const found = /^<((?:https?:\/\/|mailto:)[^\s<>]+)>/i.exec(rest);
    const href = found === null ? null : safeAddress(found[1]);
    this.#add(href === null ? "<" : "");
    if (href !== null) this.#parts.push({ tag: "a", href, children: [found[1]] });
    this.#at += href === null ? 1 : found[0].length;
  }

  /** Reads an address that stands in the text as it is. */
  #readAddress() {
    const rest = this.#text.slice(this.#at, this.#at + targetLimit);
    let address = /^[^\s<>"'`[\]\\]+/.exec(rest)[0];
    address = withoutEnd(address);
    const href = safeAddress(address);
    if (href === null) this.#add(address);
    else this.#parts.push({ tag: "a", href, children: [address] });
    this.#at += address.length;
  }
}

/** Leaves out what rather belongs to the sentence around an address. */
function withoutEnd(address) {
  let open = 0;
  for (const character of address) open += character === "(" ? 1 : character === ")" ? -1 : 0;
  let end = address.length;
  while (end > 0 && (".,;:!?*_~".includes(address[end - 1]) || (address[end - 1] === ")" && open < 0))) {
    if (address[end - 1] === ")") open += 1;
    end -= 1;
  }
  return address.slice(0, end);
}

function runLength(text, start, character) {
  let end = start;
  while (text[end] === character) end += 1;
  return end - start;
}

function tickRuns(text) {
  const runs = new Map();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    if (!runs.has(run.length)) runs.set(run.length, []);
    runs.get(run.length).push(index);
  }
  for (const places of runs.values()) places.reverse();
  return runs;
}

/** Makes a tree of the parts; what is nested too deeply stays on the deepest level. */
function build(parts) {
  const root = [];
  const levels = [root];
  const add = (node) => {
    const level = levels.at(-1);
    if (typeof node === "string" && typeof level.at(-1) === "string") level[level.length - 1] += node;
    else if (node !== "") level.push(node);
  };
  for (const part of parts) {
    if (typeof part === "string" || part.children) {
      add(part);
      continue;
    }
    for (const _ of part.closes) levels.pop();
    add(part.literal ?? part.character.repeat(part.count));
    for (const opened of part.opens) {
      if (levels.length > depthLimit) {
        levels.push(levels.at(-1));
        continue;
      }
      const element = { ...opened, children: [] };
      levels.at(-1).push(element);
      levels.push(element.children);
    }
  }
  return root;
}
