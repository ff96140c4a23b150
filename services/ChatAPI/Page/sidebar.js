/** The column with the conversations: always there where there is room, and otherwise a drawer. */
export class Sidebar {
  #column;
  #main;
  #button;
  #narrow = matchMedia("(max-width: 52rem)");

  constructor(column, main, button, scrim) {
    this.#column = column;
    this.#main = main;
    this.#button = button;
    button.addEventListener("click", () => this.#set(true));
    scrim.addEventListener("click", () => this.close());
    column.querySelector("#close").addEventListener("click", () => this.close());
    column.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    });
    this.#narrow.addEventListener("change", () => this.#set(false));
    this.#set(false);
  }

  close() {
    if (!this.#isOpen) return;
    this.#set(false);
    this.#button.focus();
  }

  get #isOpen() {
    return document.body.dataset.drawer === "open";
  }

  /** What is out of sight is out of reach of the keyboard, too. */
  #set(isOpen) {
    document.body.dataset.drawer = isOpen ? "open" : "closed";
    this.#column.inert = this.#narrow.matches && !isOpen;
    this.#main.inert = this.#narrow.matches && isOpen;
    this.#button.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.#column.querySelector("button").focus();
  }
}
