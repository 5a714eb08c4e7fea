// Give the reader a file that the page has made: nothing is sent, the browser only saves it.
export function offer(name, text, type) {
  const link = h("a", { download: name });
  link.href = URL.createObjectURL(new Blob([text], { type }));
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
