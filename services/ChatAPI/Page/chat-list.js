import { element } from "/assets/messages.js";

/** The conversations that the service keeps for this person. */
export class ChatList {
  #list;
  #empty;
  #service;
  #confirm;
  #onDelete;
  #current = null;

  /** `confirm` asks whether something should really be done; `onDelete` is told the id of a conversation that is gone. */
  constructor(list, empty, { service, confirm, onDelete }) {
    this.#list = list;
    this.#empty = empty;
    this.#service = service;
    this.#confirm = confirm;
    this.#onDelete = onDelete;
  }

  /** Marks the conversation that is open. */
  show(current) {
    this.#current = current;
    for (const link of this.#list.querySelectorAll("a")) mark(link, link.dataset.chat === current);
  }

  async refresh() {
    const chats = await this.#service.chats().catch(() => null);
    if (chats === null) return;
    // Focus stays on its conversation though the list is new.
    const focused = document.activeElement?.closest("#chats li")?.dataset.chat;
    this.#list.replaceChildren(...chats.map((chat) => this.#item(chat)));
    this.#empty.hidden = chats.length > 0;
    if (focused) this.#list.querySelector(`li[data-chat="${CSS.escape(focused)}"] a`)?.focus();
  }

  #item({ chatId, title, updatedAt }) {
    const item = element("li");
    item.dataset.chat = chatId;
    const link = element("a");
    link.href = `#/chat/${encodeURIComponent(chatId)}`;
    link.dataset.chat = chatId;
    mark(link, chatId === this.#current);
    const time = element("time", "", ago(updatedAt));
    time.dateTime = updatedAt;
    link.append(element("span", "title", title), time);
    const button = element("button", "icon");
    button.type = "button";
    button.setAttribute("aria-label", `Delete “${title}”`);
    button.append(element("span", "bin"));
    button.addEventListener("click", () => this.#delete(item, chatId, title));
    item.append(link, button);
    return item;
  }

  async #delete(item, chat, title) {
    if (!(await this.#confirm(title))) return;
    const next = item.nextElementSibling ?? item.previousElementSibling;
    try {
      await this.#service.deleteChat(chat);
    } catch (error) {
      if (error.status !== 404) {
        item.classList.add("failed");
        return;
      }
    }
    item.remove();
    this.#empty.hidden = this.#list.childElementCount > 0;
    (next?.querySelector("a") ?? document.getElementById("new")).focus();
    this.#onDelete(chat);
  }
}

function mark(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

const units = [["day", 86_400], ["hour", 3_600], ["minute", 60]];
const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** How long ago something was, in words. */
function ago(time) {
  const seconds = (Date.now() - Date.parse(time)) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (seconds > 7 * 86_400) return new Date(time).toLocaleDateString("en", { day: "numeric", month: "short" });
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? [];
  return unit === undefined ? "just now" : words.format(-Math.floor(seconds / size), unit);
}
