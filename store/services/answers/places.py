"""Reads and shows the answer that says where something is: a pin, or words for it."""

from typing import Any

from store.municipality.places import Centre
from store.services.answers.inputs import Pin


def read_pin(pin: Pin, centre: Centre | None) -> dict[str, Any] | None:
    """Returns the answer to keep: latitude and longitude in degrees, text, and `outside` if it is far from the town.

    It returns None for a pin without a real position (see `Pin.is_nowhere`). `show_place` shows `outside` to resident
    and officer. Once the resident has said that a pin outside is meant, the answer also holds `meant`.
    """
    if pin.is_nowhere:
        return None
    place: dict[str, Any] = {"latitude": pin.latitude, "longitude": pin.longitude, "text": pin.text}
    if centre is not None and centre.is_far(pin.latitude, pin.longitude):
        place["outside"] = True
    return place


def must_be_meant(place: Any) -> bool:
    """Says whether the resident must still say that this pin outside the town is meant."""
    return isinstance(place, dict) and place.get("outside") is True and not place.get("meant")


def as_pinned(value: Any) -> Any:
    """Returns the pin without `meant`, as its message brought it; any other answer unchanged."""
    return {key: each for key, each in value.items() if key != "meant"} if isinstance(value, dict) else value


def show_place(place: dict[str, Any]) -> str:
    if "latitude" not in place:
        return str(place["text"])
    named = place.get("text") or f"ปักหมุดแล้ว ({place['latitude']:.5f}, {place['longitude']:.5f})"
    return f"📍 {named} (นอกเขต)" if place.get("outside") else f"📍 {named}"
