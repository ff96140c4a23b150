/** The dialog that asks for a token. All who need one at the same time share one question. */
export class AccessDialog {
  #dialog;
  #reason;
  #field;
  #asked = null;

  constructor(dialog) {
    this.#dialog = dialog;
    this.#reason = dialog.querySelector("p");
    this.#field = dialog.querySelector("input");
    dialog.querySelector("button[type=button]").addEventListener("click", () => dialog.close());
  }

  /** The token that somebody gives, or null. */
  ask(reason) {
    this.#asked ??= this.#open(reason).finally(() => (this.#asked = null));
    return this.#asked;
  }

  #open(reason) {
    this.#reason.textContent = reason;
    this.#field.value = "";
    this.#dialog.returnValue = "";
    this.#dialog.showModal();
    return new Promise((resolve) => {
      const close = () => resolve(this.#dialog.returnValue === "given" ? this.#field.value.trim() : null);
      this.#dialog.addEventListener("close", close, { once: true });
    });
  }
}
