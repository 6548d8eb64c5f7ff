// A map without a tile server: the pin on a grid of known width, and what lies where in metres.
const L = window.L;

const Grid = L.GridLayer.extend({
  createTile(coords) {
    const size = this.getTileSize();
    const canvas = L.DomUtil.create("canvas");
    canvas.width = size.x;
    canvas.height = size.y;
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#f3f6f2";
    pen.fillRect(0, 0, size.x, size.y);
    for (let at = 0; at <= size.x; at += size.x / 8) line(pen, at, size, at % (size.x / 2) === 0);
    pen.fillStyle = "#5d6f66";
    pen.font = "12px Sarabun, sans-serif";
    const corner = this._map.unproject(coords.scaleBy(size), coords.z);
    pen.fillText(`${corner.lat.toFixed(4)}, ${corner.lng.toFixed(4)}`, 6, 16);
    return canvas;
  },
});

function line(pen, at, size, strong) {
  pen.strokeStyle = strong ? "#c3d2c8" : "#e1e9e3";
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(at + 0.5, 0);
  pen.lineTo(at + 0.5, size.y);
  pen.moveTo(0, at + 0.5);
  pen.lineTo(size.x, at + 0.5);
  pen.stroke();
}

function draw(box) {
  const place = [Number(box.dataset.latitude), Number(box.dataset.longitude)];
  box.hidden = false;
  const map = L.map(box, { attributionControl: false, scrollWheelZoom: false, zoomControl: false, minZoom: 12, maxZoom: 19 });
  map.setView(place, 17);
  new Grid().addTo(map);
  L.control.zoom({ position: "topright", zoomInTitle: "ขยาย", zoomOutTitle: "ย่อ" }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  L.circle(place, { radius: 30, color: "#b3261e", weight: 1, fillOpacity: 0.08 }).addTo(map);
  L.circleMarker(place, { radius: 9, color: "#fff", weight: 3, fillColor: "#b3261e", fillOpacity: 1 }).addTo(map);
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", `หมุดที่ ${box.dataset.latitude}, ${box.dataset.longitude}`);
}

for (const box of document.querySelectorAll("[data-map]")) draw(box);
