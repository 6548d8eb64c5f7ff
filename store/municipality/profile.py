"""Describes one municipality as its TOML file does: names, phones, departments, hours, holidays."""

import tomllib
from datetime import date, time
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from store.municipality.places import Centre
from store.settings import SettingsError


class MunicipalityError(SettingsError):
    """Says that the file cannot be used; the message names what is wrong in it, without a stack trace."""


class _ProfilePart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Department(_ProfilePart):
    code: str
    name: str
    phone: str = ""


class Address(_ProfilePart):
    """Holds defaults for a resident's address, which the resident may change."""

    tambon: str
    amphoe: str
    province: str
    postcode: str = ""


class Phones(_ProfilePart):
    office: str
    duty: str
    electricity: str = "1129"
    water: str = "1662"


class OfficeHours(_ProfilePart):
    """Holds the office hours in local time. `days` counts Monday as 1, as ISO 8601 does."""

    opens: time = time(8, 30)
    closes: time = time(16, 30)
    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(default=(1, 2, 3, 4, 5), min_length=1)

    @model_validator(mode="after")
    def _is_open_for_a_while(self) -> "OfficeHours":
        if self.opens >= self.closes:
            raise ValueError("the office must open before it closes")
        return self


class Holiday(_ProfilePart):
    day: date
    name: str


class Account(_ProfilePart):
    """Names the LINE Official Account: its name must be the agency's name or abbreviation (requirement L8)."""

    name: str
    basic_id: str


class PrivacyNotice(_ProfilePart):
    """Holds the notice shown before the first request (PDPA s.23). A new version is shown again to everyone once."""

    version: str
    text: str
    url: str = ""
    contact: str


class Security(_ProfilePart):
    """Says where to report a vulnerability: the Contact and Policy of security.txt (RFC 9116).

    Without `contact` there is no security.txt.
    """

    contact: str = Field(default="", pattern=r"^$|^(mailto:|https://|tel:)[!-~]+$")
    policy: str = Field(default="", pattern=r"^$|^https://[!-~]+$")


class Messages(_ProfilePart):
    """Says how many seconds a notice that is not urgent waits (`hold_seconds`) to share a push or a free reply."""

    hold_seconds: int = Field(default=3600, ge=0, le=86_400)


class Plan(_ProfilePart):
    """Describes the LINE plan that was bought: pages show its price in baht and warn when LINE allows fewer messages.

    `reserve` is kept for news of cases: broadcasts that are not urgent leave at least so many messages unused.
    """

    name: str = "Free"
    messages: int = Field(default=300, ge=0)
    monthly_baht: float = Field(default=0, ge=0)
    extra_baht: float | None = Field(default=None, ge=0)
    reserve: int = Field(default=60, ge=0)


class Topic(_ProfilePart):
    """Names a kind of news that residents may choose to hear, or not (requirement L7)."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    name: str = Field(min_length=1, max_length=20)


class SurgePlan(_ProfilePart):
    """Lists the words that make a request urgent in surge mode."""

    keywords: tuple[str, ...] = ()


class RequestLimits(_ProfilePart):
    """Limits what one resident may ask at once. A person in danger is never refused.

    The defaults are more than a busy village head needs, who reports three things in ten minutes with five photos each.
    `wrong_codes` limits the wrong case numbers, tracking codes and codes of testers typed within ten minutes.
    """

    cases_in_ten_minutes: int = Field(default=5, ge=1)
    cases_a_day: int = Field(default=20, ge=1)
    files_an_hour: int = Field(default=60, ge=1)
    wrong_codes: int = Field(default=10, ge=1)


class Municipality(_ProfilePart):
    name: str
    short_name: str
    tracking_prefix: str = Field(pattern=r"^[A-HJ-NPR-Z]{2}$")
    website: str = ""
    departments: tuple[Department, ...]
    address: Address
    phones: Phones
    office_hours: OfficeHours = OfficeHours()
    holidays: tuple[Holiday, ...] = ()
    centre: Centre
    account: Account
    privacy: PrivacyNotice
    security: Security = Security()
    messages: Messages = Messages()
    plan: Plan = Plan()
    topics: tuple[Topic, ...] = Field(default=(), max_length=10)
    surge: SurgePlan = SurgePlan()
    limits: RequestLimits = RequestLimits()

    @model_validator(mode="after")
    def _has_an_office(self) -> "Municipality":
        if "office" not in {department.code for department in self.departments}:
            raise ValueError(
                'one of the departments must have the code "office": it takes what no other does'
            )
        return self

    def department(self, code: str) -> Department:
        """Returns the department with this code, or the office (สำนักปลัด) if this municipality has none."""
        known = {department.code: department for department in self.departments}
        return known.get(code, known["office"])

    def words(self) -> dict[str, str]:
        """Returns the values that phrases may use in braces."""
        hours = self.office_hours
        return {
            "org_name": self.name,
            "org_short": self.short_name,
            "phone_office": self.phones.office,
            "phone_duty": self.phones.duty,
            "phone_electricity": self.phones.electricity,
            "phone_water": self.phones.water,
            "opens": hours.opens.strftime("%H.%M"),
            "closes": hours.closes.strftime("%H.%M"),
            "privacy_contact": self.privacy.contact,
            "oa_name": self.account.name,
            "oa_id": self.account.basic_id,
        }


def read_municipality(path: Path) -> Municipality:
    """Returns the file as one frozen object; raises MunicipalityError that says in words what is wrong."""
    try:
        return Municipality.model_validate(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise MunicipalityError(f"MUNICIPALITY: there is no file {path}") from error
    except OSError as error:
        raise MunicipalityError(f"MUNICIPALITY: {path} cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise MunicipalityError(f"{path.name} is not saved as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise MunicipalityError(f"{path.name} is not TOML: {error}") from error
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise MunicipalityError(f"{path.name}: {problems}") from error
