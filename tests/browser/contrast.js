// Gives the texts whose contrast to what is behind them is below 4.5, by the formula of WCAG 2.2.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const rgb = (color) => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = color;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data];
};
const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const luminance = ([r, g, b]) => 0.2126 * linear(r / 255) + 0.7152 * linear(g / 255) + 0.0722 * linear(b / 255);
const behind = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const color = rgb(getComputedStyle(one).backgroundColor);
    if (color[3] === 255) return color;
  }
  return [255, 255, 255];
};
const texts = ".pill, .err, .hint, small, dt, .tally span, td b, .kicker, .legend span, button, .msg, .more, .id, .at, .passages h5, .passages p, .passages b, .val, .when, .measured dd, .measured h4";
const poor = new Set();
for (const element of document.querySelectorAll(texts)) {
  if (!element.getClientRects().length) continue;
  const [dark, light] = [luminance(rgb(getComputedStyle(element).color)), luminance(behind(element))].sort((a, b) => a - b);
  const contrast = (light + 0.05) / (dark + 0.05);
  if (contrast < 4.5) poor.add(`${element.className || element.tagName} ${element.textContent.slice(0, 30)} ${contrast.toFixed(2)}`);
}
return [...poor];
