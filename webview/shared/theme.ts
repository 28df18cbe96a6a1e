/** The theme's colour under a CSS variable name without its `--vscode-`; the fallback where the theme does not set it. */
export function themeColour(name: string, fallback: string): string {
  const value = getComputedStyle(document.documentElement).getPropertyValue(`--vscode-${name}`).trim();
  return value === "" ? fallback : value;
}

/** Calls back after every change of the colour theme. VS Code sets the variables on `<html>` and a class on `<body>`. */
export function onThemeChange(listener: () => void): () => void {
  const observer = new MutationObserver(() => listener());
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  return () => observer.disconnect();
}

export function isHighContrast(): boolean {
  return document.body.classList.contains("vscode-high-contrast");
}
