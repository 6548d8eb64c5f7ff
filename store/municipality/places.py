"""Describes points on the map of a town."""

import math

from pydantic import BaseModel, ConfigDict, Field

KM_A_DEGREE = 111.2


class Coordinates(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    latitude: float
    longitude: float


class Centre(Coordinates):
    """Says where maps open.

    A resident is asked to confirm a pin that is farther from here than `radius_km`; None means never.
    """

    radius_km: float | None = Field(default=None, gt=0)

    def is_far(self, latitude: float, longitude: float) -> bool:
        """Says whether the point is farther than `radius_km`, on a flat map: exact enough within a province."""
        if self.radius_km is None:
            return False
        north = (latitude - self.latitude) * KM_A_DEGREE
        east = (longitude - self.longitude) * KM_A_DEGREE * math.cos(math.radians(self.latitude))
        return math.hypot(north, east) > self.radius_km
