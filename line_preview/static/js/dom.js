/** Builds elements; knows nothing of LINE. Text is always set as text, never as markup. */

export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...children.flat(2).filter(isShown));
  return node;
}

function isShown(child) {
  return child !== null && child !== undefined && child !== false;
}

function setProp(node, name, value) {
  if (value === null || value === undefined) return;
  if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name === "style") setStyle(node, value);
  else if (name === "class") node.className = value;
  else if (name.startsWith("aria-")) node.setAttribute(name, String(value));
  else if (typeof value === "boolean") node.toggleAttribute(name, value);
  else node.setAttribute(name, value);
}

/** Styles go through the CSSOM, so that a strict Content-Security-Policy lets them pass. */
export function setStyle(node, styles) {
  for (const [name, value] of Object.entries(styles)) {
    if (value === null || value === undefined || value === "") continue;
    if (name.startsWith("--")) node.style.setProperty(name, value);
    else node.style[name] = value;
  }
}

/** Makes an SVG from a drawing written in this project (never from what somebody sent). */
export function drawing(source) {
  const parsed = new DOMParser().parseFromString(source, "image/svg+xml");
  return document.importNode(parsed.documentElement, true);
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.flat());
  return node;
}

export function button(label, props = {}, ...children) {
  const shown = children.length ? children : [label];
  return h("button", { type: "button", "aria-label": children.length ? label : null, ...props }, ...shown);
}

/** Makes `parent` hold exactly `nodes`, moving and touching as little as it can. */
export function arrange(parent, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...parent.childNodes]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
  });
}
