import { blocks } from "/assets/blocks.js";

/**
 * Shows a Markdown text that grows.
 *
 * Everything is made of nodes, never of markup, so nothing in the text can be more than text. Only the last block is
 * read again when more text comes, and what has not changed in it stays where it is: no flicker, and whoever has
 * selected something keeps it.
 */
export class MarkdownView {
  #element;
  #text = "";
  /** Where the last block begins, and how many are before it. */
  #start = 0;
  #settled = 0;
  #timer = null;
  #onChange;
  #pause = 16;

  constructor(element, onChange = () => {}) {
    this.#element = element;
    this.#onChange = onChange;
  }

  get text() {
    return this.#text;
  }

  append(text) {
    this.#text += text;
    // Many pieces become one change. Who takes long to show gets longer pauses, so that a huge block costs a part of
    // the time and not all of it.
    this.#timer ??= setTimeout(() => {
      const start = performance.now();
      this.#show(true);
      this.#pause = Math.min(5000, Math.max(16, (performance.now() - start) * 4));
    }, this.#pause);
  }

  /** Shows everything at once; nothing is expected to follow. */
  finish(text = this.#text) {
    if (text !== this.#text) {
      this.#text = text;
      this.#start = 0;
      this.#settled = 0;
    }
    this.#show(false);
  }

  #show(isOpen) {
    clearTimeout(this.#timer);
    this.#timer = null;
    const rest = this.#text.slice(this.#start);
    const lines = rest.replaceAll("\r\n", "\n").replaceAll("\t", "    ").split("\n");
    const { nodes, starts } = blocks(lines, { isOpen });
    patch(this.#element, nodes, this.#settled);
    this.#settle(rest, starts, lines.length);
    this.#onChange();
  }

  /** Leaves alone from now on what a later line cannot change: all before the last block whose first line is whole. */
  #settle(rest, starts, lineCount) {
    let last = starts.length - 1;
    while (last > 0 && starts[last] >= lineCount - 1) last -= 1;
    if (last <= 0) return;
    let offset = 0;
    for (let line = 0; line < starts[last]; line += 1) offset = rest.indexOf("\n", offset) + 1;
    this.#start += offset;
    this.#settled += last;
  }
}

/** Shows a text that is whole. */
export function showMarkdown(element, text) {
  new MarkdownView(element).finish(text);
}

/** Makes the children of an element, from one of them on, look like these nodes, changing as little as possible. */
function patch(element, nodes, from = 0) {
  nodes.forEach((node, index) => {
    const there = element.childNodes[from + index];
    if (there === undefined) element.append(make(node));
    else if (isSame(there, node)) update(there, node);
    else there.replaceWith(make(node));
  });
  while (element.childNodes.length > from + nodes.length) element.lastChild.remove();
}

function isSame(there, node) {
  if (typeof node === "string") return there.nodeType === Node.TEXT_NODE;
  if (there.nodeType !== Node.ELEMENT_NODE || there.dataset.tag !== node.tag) return false;
  return (there.dataset.language ?? "") === (node.language ?? "")
    && (there.dataset.align ?? "") === (node.align ?? "")
    && (there.href ?? "") === (node.href ?? "");
}

function update(there, node) {
  if (typeof node === "string") setText(there, node);
  else patch(content(there), node.children);
}

function setText(there, text) {
  const old = there.data;
  if (text === old) return;
  if (text.startsWith(old)) there.appendData(text.slice(old.length));
  else there.data = text;
}

/** The element that the children of a node are in. */
function content(element) {
  switch (element.dataset.tag) {
    case "pre": return element.querySelector("code");
    case "table": return element.firstChild;
    default: return element;
  }
}

function make(node) {
  if (typeof node === "string") return document.createTextNode(node);
  const element = makers[node.tag]?.(node) ?? document.createElement(node.tag);
  element.dataset.tag = node.tag;
  if (node.language) element.dataset.language = node.language;
  if (node.align) element.dataset.align = node.align;
  patch(content(element), node.children);
  return element;
}

const makers = {
  a(node) {
    const link = document.createElement("a");
    link.href = node.href;
    link.rel = "noopener noreferrer";
    link.target = "_blank";
    return link;
  },
  ol(node) {
    const list = document.createElement("ol");
    if (node.start !== undefined) list.start = node.start;
    return list;
  },
  // What is wider than the page scrolls by itself, by keyboard too.
  table() {
    const box = document.createElement("div");
    box.className = "scroll";
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", "Table");
    box.append(document.createElement("table"));
    return box;
  },
  pre(node) {
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    const name = document.createElement("span");
    name.textContent = node.language || "text";
    const code = document.createElement("code");
    const box = document.createElement("pre");
    box.tabIndex = 0;
    box.setAttribute("aria-label", `Code, ${name.textContent}`);
    box.append(code);
    caption.append(name, copyButton(code));
    figure.append(caption, box);
    return figure;
  },
};

function copyButton(code) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.setAttribute("aria-live", "polite");
  button.addEventListener("click", async () => {
    button.textContent = (await copy(code)) ? "Copied" : "Press Ctrl+C";
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  return button;
}

/** Copies a text; where a browser does not let pages do that, it is selected instead. */
async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return false;
  }
}
