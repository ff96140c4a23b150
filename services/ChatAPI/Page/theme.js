// Runs before the page is drawn, so that it never flashes in the wrong colours: light, dark, or as the system has it.
(() => {
  const key = "chat.theme";
  const themes = ["system", "light", "dark"];
  const read = () => localStorage.getItem(key) ?? "system";

  function show(theme) {
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (button) button.querySelector("span").textContent = `Theme: ${theme}`;
  }

  show(read());
  addEventListener("DOMContentLoaded", () => {
    show(read());
    document.getElementById("theme").addEventListener("click", () => {
      const theme = themes[(themes.indexOf(read()) + 1) % themes.length];
      if (theme === "system") localStorage.removeItem(key);
      else localStorage.setItem(key, theme);
      show(theme);
    });
  });
})();
