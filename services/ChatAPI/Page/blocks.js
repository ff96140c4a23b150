import { inlines } from "/assets/inline.js";

// Reads the blocks of a Markdown text: trees of texts and { tag, …, children }.
//
// Every level of nesting looks at each line once, and there are not many levels, so the work grows with the text and
// no faster. The rules are those of https://spec.commonmark.org/0.31.2/ and tables as GitHub has them, kinder to lists
// that are indented by less than they should be, as models write them.

const depthLimit = 10;
const columnLimit = 64;

const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})[ \t]*([^\s`]*)/;
const heading = /^ {0,3}(#{1,6})(?=[ \t]|$)/;
const quote = /^ {0,3}>/;
const item = /^( *)([-*+]|\d{1,9}[.)])(?=[ \t]|$)/;

/**
 * Reads lines.
 *
 * Answers nodes, and for each the number of the line where it begins. `isOpen` says that the text still grows.
 */
export function blocks(lines, { isOpen = false, depth = 0 } = {}) {
  const nodes = [];
  const starts = [];
  let at = 0;
  while (at < lines.length) {
    if (isBlank(lines[at])) {
      at += 1;
      continue;
    }
    starts.push(at);
    const [node, end] = readBlock(lines, at, isOpen, depth);
    nodes.push(node);
    at = end;
  }
  return { nodes, starts };
}

function readBlock(lines, at, isOpen, depth) {
  const line = lines[at];
  if (fence.test(line)) return readCode(lines, at);
  if (heading.test(line)) return readHeading(line, at, isOpen);
  if (isRule(line)) return [{ tag: "hr", children: [] }, at + 1];
  if (depth < depthLimit) {
    if (quote.test(line)) return readQuote(lines, at, isOpen, depth);
    if (startsList(line)) return readList(lines, at, isOpen, depth);
  }
  if (startsTable(lines, at)) return readTable(lines, at, isOpen);
  return readParagraph(lines, at, isOpen, depth);
}

/** Whether a line ends the paragraph before it. */
function interrupts(lines, at, depth) {
  const line = lines[at];
  if (isBlank(line) || fence.test(line) || heading.test(line) || isRule(line)) return true;
  if (depth < depthLimit && (quote.test(line) || (startsList(line) && /^ *(?:[-*+]|1[.)])[ \t]+\S/.test(line)))) return true;
  return startsTable(lines, at);
}

function readParagraph(lines, at, isOpen, depth) {
  let end = at + 1;
  while (end < lines.length && !interrupts(lines, end, depth)) end += 1;
  const text = lines.slice(at, end).map((line) => line.trimStart()).join("\n").trimEnd();
  return [{ tag: "p", children: inlines(text, isOpen && end === lines.length) }, end];
}

function readHeading(line, at, isOpen) {
  const marks = heading.exec(line)[1].length;
  let text = line.trim().slice(marks).trim();
  let end = text.length;
  while (text[end - 1] === "#") end -= 1;
  if (end === 0 || /\s/.test(text[end - 1])) text = text.slice(0, end).trimEnd();
  // The page has headings of its own above these.
  return [{ tag: `h${Math.min(6, marks + 2)}`, children: inlines(text, isOpen) }, at + 1];
}

function readCode(lines, at) {
  const [, marks, language] = fence.exec(lines[at]);
  const indent = indentOf(lines[at]);
  const isEnd = (line) => {
    const text = line.trim();
    return indentOf(line) < 4 && text.length >= marks.length && text === marks[0].repeat(text.length);
  };
  let end = at + 1;
  while (end < lines.length && !isEnd(lines[end])) end += 1;
  const code = lines.slice(at + 1, end).map((line) => withoutIndent(line, indent)).join("\n");
  return [{ tag: "pre", language, children: [code] }, Math.min(end + 1, lines.length)];
}

function readQuote(lines, at, isOpen, depth) {
  const inside = [];
  let end = at;
  let isLazy = false;
  while (end < lines.length) {
    const line = lines[end];
    if (quote.test(line)) {
      inside.push(line.replace(/^ {0,3}> ?/, ""));
      isLazy = !isBlank(inside.at(-1)) && !fence.test(inside.at(-1));
    } else if (isLazy && !interrupts(lines, end, depth)) {
      inside.push(line);
    } else {
      break;
    }
    end += 1;
  }
  const children = blocks(inside, { isOpen: isOpen && end === lines.length, depth: depth + 1 }).nodes;
  return [{ tag: "blockquote", children }, end];
}

// MARK: Lists

function startsList(line) {
  const found = item.exec(line);
  return found !== null && found[1].length < 4;
}

function readList(lines, at, isOpen, depth) {
  const [, , marker] = item.exec(lines[at]);
  const kind = marker.at(-1);
  const list = { tag: /\d/.test(marker) ? "ol" : "ul", children: [] };
  if (list.tag === "ol" && parseInt(marker, 10) !== 1) list.start = parseInt(marker, 10);
  let isLoose = false;
  const items = [];
  let end = at;
  while (end < lines.length) {
    const found = item.exec(lines[end]);
    if (found === null || found[1].length > 3 || found[2].at(-1) !== kind || isRule(lines[end])) break;
    const read = readItem(lines, end, found, depth);
    isLoose ||= read.isLoose || (read.hasGap && continues(lines[read.end], kind));
    items.push(read.lines);
    // A gap that no further item follows is not part of the list.
    end = read.end;
  }
  items.forEach((inside, index) => {
    const isLast = isOpen && end === lines.length && index === items.length - 1;
    const { nodes } = blocks(inside, { isOpen: isLast, depth: depth + 1 });
    list.children.push({ tag: "li", children: isLoose ? nodes : nodes.flatMap(tight) });
  });
  return [list, end];
}

function continues(line, kind) {
  const found = line === undefined ? null : item.exec(line);
  return found !== null && found[1].length < 4 && found[2].at(-1) === kind;
}

/** Reads one item: its first line without the marker, and all that is indented under it. */
function readItem(lines, at, [whole], depth) {
  const rest = lines[at].slice(whole.length);
  const padding = indentOf(rest);
  const indent = whole.length + (isBlank(rest) || padding > 4 ? 1 : padding);
  const inside = [checkbox(rest.trimStart())];
  let end = at + 1;
  let isLoose = false;
  let gap = 0;
  while (end < lines.length) {
    const line = lines[end];
    if (isBlank(line)) {
      gap += 1;
    } else {
      const isInside = indentOf(line) >= Math.min(indent, 2);
      if (!isInside && (gap > 0 || startsList(line) || interrupts(lines, end, depth))) break;
      if (gap > 0) {
        isLoose ||= !startsList(withoutIndent(line, indent));
        for (; gap > 0; gap -= 1) inside.push("");
      }
      inside.push(withoutIndent(line, indent));
    }
    end += 1;
  }
  return { lines: inside, end, isLoose, hasGap: gap > 0 };
}

function checkbox(text) {
  if (/^\[ \] /.test(text)) return "\u2610" + text.slice(3);
  return /^\[[xX]\] /.test(text) ? "\u2611" + text.slice(3) : text;
}

/** The text of a paragraph without the paragraph. */
function tight(node) {
  return node.tag === "p" ? node.children : [node];
}

// MARK: Tables

function startsTable(lines, at) {
  const line = lines[at];
  const next = lines[at + 1];
  return next !== undefined && line.includes("|") && next.includes("-") && /^[ \t:|-]+$/.test(next)
    && (next.includes("|") || next.includes(":")) && cells(next).length === cells(line).length;
}

function readTable(lines, at, isOpen) {
  const alignments = cells(lines[at + 1]).map((cell) => {
    if (cell.endsWith(":")) return cell.startsWith(":") ? "center" : "end";
    return null;
  });
  const row = (line, tag, isLast) => {
    const texts = cells(line);
    const children = alignments.map((align, index) => {
      const cell = { tag, children: inlines(texts[index] ?? "", isLast) };
      if (align !== null) cell.align = align;
      return cell;
    });
    return { tag: "tr", children };
  };
  let end = at + 2;
  const rows = [];
  while (end < lines.length && !isBlank(lines[end]) && lines[end].includes("|")) {
    rows.push(row(lines[end], "td", isOpen && end === lines.length - 1));
    end += 1;
  }
  const head = { tag: "thead", children: [row(lines[at], "th", false)] };
  const parts = rows.length > 0 ? [head, { tag: "tbody", children: rows }] : [head];
  return [{ tag: "table", children: parts }, end];
}

function cells(line) {
  const texts = [];
  let text = "";
  let isCode = false;
  for (let at = 0; at < line.length && texts.length < columnLimit; at += 1) {
    const character = line[at];
    if (character === "\\" && line[at + 1] === "|") {
      text += "|";
      at += 1;
    } else if (character === "|" && !isCode) {
      texts.push(text.trim());
      text = "";
    } else {
      if (character === "`") isCode = !isCode;
      text += character;
    }
  }
  texts.push(text.trim());
  if (texts[0] === "") texts.shift();
  if (texts.at(-1) === "") texts.pop();
  return texts;
}

// MARK: Lines

function isBlank(line) {
  return line.trim() === "";
}

function isRule(line) {
  const marks = line.replace(/[ \t]/g, "");
  return indentOf(line) < 4 && marks.length >= 3 && "-*_".includes(marks[0]) && marks === marks[0].repeat(marks.length);
}

function indentOf(line) {
  let width = 0;
  while (line[width] === " ") width += 1;
  return width;
}

function withoutIndent(line, width) {
  return line.slice(Math.min(width, indentOf(line)));
}
