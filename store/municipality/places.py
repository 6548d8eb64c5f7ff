"""Describes points on the map of a town."""

import math

from pydantic import BaseModel, ConfigDict, Field

KM_A_DEGREE = 111.2


class Coordinates(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    latitude: float
    longitude: float


class Centre(Coordinates):
    """Says where maps open. A resident whose pin is farther away than `radius_km` is asked about it; without it nobody
    is.
    """

    radius_km: float | None = Field(default=None, gt=0)

    def is_far(self, latitude: float, longitude: float) -> bool:
        """Says whether a point is too far, on a flat map, which is exact enough within a province."""
        if self.radius_km is None:
            return False
        north = (latitude - self.latitude) * KM_A_DEGREE
        east = (longitude - self.longitude) * KM_A_DEGREE * math.cos(math.radians(self.latitude))
        return math.hypot(north, east) > self.radius_km
