/** A made-up town around one real point: its places, its streets, and the sums between metres and degrees. */

export const CENTRE = { latitude: 16.4322, longitude: 102.8236 };

const METRES_PER_LATITUDE = 110640;
const METRES_PER_LONGITUDE = 111320 * Math.cos((CENTRE.latitude * Math.PI) / 180);

/** Metres east (x) and south (y) of the centre: the axes of the map drawing. */
export function toMetres({ latitude, longitude }) {
  return {
    x: (Number(longitude) - CENTRE.longitude) * METRES_PER_LONGITUDE,
    y: (CENTRE.latitude - Number(latitude)) * METRES_PER_LATITUDE,
  };
}

export function toDegrees({ x, y }) {
  return {
    latitude: Number((CENTRE.latitude - y / METRES_PER_LATITUDE).toFixed(6)),
    longitude: Number((CENTRE.longitude + x / METRES_PER_LONGITUDE).toFixed(6)),
  };
}

/** `mark` chooses the sign on the map; `street` goes into the address. */
export const PLACES = [
  { title: "สำนักงานเทศบาล", street: "ถนนเทศบาล 1", x: 30, y: -70, mark: "hall" },
  { title: "หน้าวัดโพธิ์ชัย", street: "ถนนโพธิ์ชัย", x: -330, y: -205, mark: "temple" },
  { title: "ตลาดสดเทศบาล", street: "ถนนตลาดสด", x: 300, y: 130, mark: "market" },
  { title: "โรงเรียนเทศบาล 1", street: "ถนนโพธิ์ชัย", x: -250, y: 175, mark: "school" },
  { title: "โรงพยาบาลส่งเสริมสุขภาพตำบล", street: "ถนนเลี่ยงเมือง", x: 420, y: -260, mark: "health" },
  { title: "สวนสาธารณะหนองน้ำ", street: "ถนนรอบหนอง", x: -30, y: 420, mark: "park" },
  { title: "สถานีขนส่ง", street: "ถนนเลี่ยงเมือง", x: 620, y: 330, mark: "bus" },
];

const FAR_METRES = 1500;

/** Says in words where a point is, by the nearest known place; nothing when it lies outside the town. */
export function addressOf(point) {
  const { x, y } = toMetres(point);
  const [nearest] = [...PLACES].sort((a, b) => distance(a, x, y) - distance(b, x, y));
  const metres = distance(nearest, x, y);
  if (metres > FAR_METRES) return "";
  if (metres < 15) return nearest.street;
  return `${nearest.street} ห่าง${nearest.title}ราว ${Math.round(metres / 10) * 10} เมตร`;
}

function distance(place, x, y) {
  return Math.hypot(place.x - x, place.y - y);
}

export const STREETS = [
  { name: "ถนนเลี่ยงเมือง", d: "M-1200-430C-600-470-100-430 260-360S 620-60 640 260 760 700 900 1200", kind: "highway", label: [520, -250] },
  { name: "ถนนเทศบาล 1", d: "M-1200-20C-700-40-300 0 0-10S 420 10 640 60 1000 80 1300 60", kind: "main", label: [-720, -32] },
  { name: "ถนนโพธิ์ชัย", d: "M-300-1200C-310-700-270-420-285-200S-300 250-310 500-350 900-340 1300", kind: "main", label: [-296, -520] },
  { name: "ถนนตลาดสด", d: "M150-390C160-150 140 60 160 200S 190 500 260 760 300 1000 310 1300", kind: "main", label: [168, 300] },
  { name: "ถนนรอบหนอง", d: "M-300 300C-180 270 60 270 165 300", kind: "small", label: [-70, 276] },
  { name: "", d: "M-300 600C-120 640 80 640 215 610", kind: "small" },
  { name: "", d: "M160 200C300 190 480 210 640 250", kind: "small" },
  { name: "", d: "M-290-210C-120-200 60-215 155-205", kind: "small" },
  { name: "", d: "M-1200 230C-800 210-500 190-298 200", kind: "small" },
  { name: "", d: "M-700-455C-690-250-700-100-690-30-700 150-680 210-690 400-700 600-760 800-760 1200", kind: "small" },
  { name: "", d: "M410-20C420 80 400 150 415 205", kind: "small" },
  { name: "", d: "M-80-418C-70-300-85-220-70-10", kind: "small" },
  { name: "", d: "M860 70C850 300 900 500 940 700", kind: "small" },
];
