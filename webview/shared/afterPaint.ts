/** Resolves after the browser has drawn what is in the document now. Waits while the page is hidden: nothing is drawn then. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    // The callback runs before a frame is drawn, the task after it.
    requestAnimationFrame(() => setTimeout(resolve));
  });
}
