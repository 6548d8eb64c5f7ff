"""Tests rich menus: the picture's rules, the order of building, who sees which, and switching by alias."""

import io

import pytest
from PIL import Image

from line_simulator.richmenus.validation import find_rich_menu_problems
from tests.simulator.builders import message_action, postback, rich_menu

MENU = "/v2/bot/richmenu"
SWITCH = {"type": "richmenuswitch", "label": "บริการ", "richMenuAliasId": "services", "data": "menu=services"}


def draw(width=2500, height=1686, kind="PNG", noise=0):
    data = io.BytesIO()
    Image.new("RGB", (width, height), "green").save(data, kind)
    return data.getvalue() + bytes(noise)


def create(account, *actions, image=True, **changes):
    menu_id = account.calls("POST", MENU, rich_menu(*actions, **changes)).get_json()["richMenuId"]
    if image:
        assert upload(account, menu_id, draw()).status_code == 200
    return menu_id


def upload(account, menu_id, data, content_type="image/png"):
    return account.calls("POST", f"{MENU}/{menu_id}/content", data, **{"Content-Type": content_type})


def shown_to(resident, what="richMenuId"):
    return resident.rich_menu and resident.rich_menu[what]


def make_default(account, menu_id):
    return account.calls("POST", f"/v2/bot/user/all/richmenu/{menu_id}")


FITS_AND_DOES_NOT = {
    "14 clusters on the bar": (rich_menu(chatBarText="เมนูบริการเทศบาล"), rich_menu(chatBarText="ก" * 15)),
    "a name of 300": (rich_menu(name="น้ำ" * 300), rich_menu(name="ก" * 301)),
    "20 areas": (rich_menu(*[postback()] * 20), rich_menu(*[postback()] * 21)),
    "a width from 800": (
        rich_menu(size={"width": 800, "height": 540}),
        rich_menu(size={"width": 799, "height": 540}),
    ),
    "a height from 250": (
        rich_menu(size={"width": 800, "height": 250}),
        rich_menu(size={"width": 800, "height": 249}),
    ),
    "wide enough": (
        rich_menu(size={"width": 1450, "height": 1000}),
        rich_menu(size={"width": 1449, "height": 1000}),
    ),
    "a menu switch": (rich_menu(SWITCH), rich_menu({**SWITCH, "richMenuAliasId": "บริการ"})),
    "no camera": (
        rich_menu({"type": "uri", "uri": "https://line.me/R/nv/camera/"}),
        rich_menu({"type": "camera", "label": "ก"}),
    ),
    "a label is optional, of 20": (rich_menu(message_action("ก" * 20)), rich_menu(message_action("ก" * 21))),
}


@pytest.mark.parametrize("claim", FITS_AND_DOES_NOT)
def test_what_just_fits_is_accepted_and_one_more_is_refused(account, claim):
    fits, does_not = FITS_AND_DOES_NOT[claim]
    assert find_rich_menu_problems(fits) == []
    assert account.calls("POST", f"{MENU}/validate", fits).status_code == 200
    assert account.calls("POST", f"{MENU}/validate", does_not).status_code == 400
    assert account.calls("POST", MENU, does_not).status_code == 400


PICTURES = {
    "a png": (draw(), "image/png", 200),
    "a jpeg": (draw(kind="JPEG"), "image/jpeg", 200),
    "a gif": (draw(kind="GIF"), "image/gif", 415),
    "a jpeg called png": (draw(kind="JPEG"), "image/png", 400),
    "another size than the menu's": (draw(2500, 843), "image/png", 400),
    "too narrow": (draw(799, 540), "image/png", 400),
    "too wide": (draw(2501, 1686), "image/png", 400),
    "too tall": (draw(1400, 1000), "image/png", 400),
    "over 1 MB": (draw(noise=1024 * 1024), "image/png", 400),
    "no picture": (b"hello", "image/png", 400),
}


@pytest.mark.parametrize("claim", PICTURES)
def test_a_picture_follows_lines_rules(account, claim):
    data, content_type, status = PICTURES[claim]
    menu_id = create(account, image=False)
    assert upload(account, menu_id, data, content_type).status_code == status


def test_a_picture_cannot_be_replaced(account):
    menu_id = create(account)
    assert upload(account, menu_id, draw()).status_code == 400
    assert account.calls("GET", f"{MENU}/{menu_id}/content").data == draw()


def test_a_menu_without_a_picture_cannot_be_shown(account, somsri):
    menu_id = create(account, image=False)
    alias = {"richMenuAliasId": "a", "richMenuId": menu_id}
    assert make_default(account, menu_id).status_code == 400
    assert account.calls("POST", f"/v2/bot/user/{somsri.id}/richmenu/{menu_id}").status_code == 400
    assert account.calls("POST", f"{MENU}/alias", alias).status_code == 400
    assert account.calls("GET", f"{MENU}/{menu_id}/content").status_code == 404


def test_a_menu_of_ones_own_comes_before_the_default(account, somsri):
    default, own = create(account, name="ทุกคน"), create(account, name="ของฉัน")
    assert shown_to(somsri) is None
    make_default(account, default)
    assert shown_to(somsri, "name") == "ทุกคน"
    account.calls("POST", f"/v2/bot/user/{somsri.id}/richmenu/{own}")
    assert shown_to(somsri, "name") == "ของฉัน"
    account.calls("DELETE", f"/v2/bot/user/{somsri.id}/richmenu")
    assert shown_to(somsri, "name") == "ทุกคน"
    account.calls("DELETE", "/v2/bot/user/all/richmenu")
    assert shown_to(somsri) is None


def test_linking_to_a_blocker_is_200_and_does_nothing(account, somsri):
    menu_id = create(account)
    somsri.blocks()
    path = f"/v2/bot/user/{somsri.id}/richmenu"
    assert account.calls("POST", f"{path}/{menu_id}").status_code == 200
    assert account.calls("GET", path).status_code == 404


def test_one_malformed_id_stops_a_bulk_link(account, somsri):
    menu_id = create(account)
    body = {"richMenuId": menu_id, "userIds": [somsri.id, "U12"]}
    assert account.calls("POST", f"{MENU}/bulk/link", body).status_code == 400
    assert shown_to(somsri) is None
    body["userIds"] = [somsri.id]
    assert account.calls("POST", f"{MENU}/bulk/link", body).status_code == 202
    assert shown_to(somsri) == menu_id
    assert account.calls("POST", f"{MENU}/bulk/unlink", {"userIds": [somsri.id]}).status_code == 202
    assert shown_to(somsri) is None


def test_a_tap_on_a_switch_changes_the_menu_and_tells_the_account(account, sim, webhook, somsri):
    make_default(account, create(account, SWITCH))
    services = create(account, name="บริการ")
    alias = {"richMenuAliasId": "services", "richMenuId": services}
    assert account.calls("POST", f"{MENU}/alias", alias).status_code == 200
    somsri.taps("บริการ")
    sim.deliver_webhooks()
    assert shown_to(somsri, "name") == "บริการ"
    params = {"newRichMenuAliasId": "services", "status": "SUCCESS"}
    assert webhook.events[-1]["postback"] == {"data": "menu=services", "params": params}


@pytest.mark.parametrize("lost", ["RICHMENU_ALIAS_ID_NOTFOUND", "RICHMENU_NOTFOUND"])
def test_a_switch_that_leads_nowhere_says_so(account, sim, webhook, somsri, lost):
    make_default(account, create(account, SWITCH))
    if lost == "RICHMENU_NOTFOUND":
        gone = create(account)
        account.calls("POST", f"{MENU}/alias", {"richMenuAliasId": "services", "richMenuId": gone})
        account.calls("DELETE", f"{MENU}/{gone}")
    somsri.taps("บริการ")
    sim.deliver_webhooks()
    assert webhook.events[-1]["postback"]["params"] == {"status": lost}


def test_an_alias_is_made_read_moved_and_deleted(account):
    first, second = create(account), create(account)
    alias, one = f"{MENU}/alias", f"{MENU}/alias/main"
    body = {"richMenuAliasId": "main", "richMenuId": first}
    assert account.calls("POST", alias, body).status_code == 200
    assert account.calls("POST", alias, body).status_code == 400
    assert account.calls("POST", one, {"richMenuId": second}).status_code == 200
    moved = {"richMenuAliasId": "main", "richMenuId": second}
    assert account.calls("GET", one).get_json() == moved
    assert account.calls("GET", f"{alias}/list").get_json() == {"aliases": [moved]}
    assert account.calls("DELETE", one).status_code == 200
    assert account.calls("GET", one).status_code == 404


def test_menus_are_listed_shown_and_deleted(account):
    menu_id = create(account, postback())
    shown = account.calls("GET", f"{MENU}/{menu_id}").get_json()
    assert shown == {"richMenuId": menu_id, **rich_menu(postback())}
    assert account.calls("GET", f"{MENU}/list").get_json() == {"richmenus": [shown]}
    assert account.calls("DELETE", f"{MENU}/{menu_id}").status_code == 200
    assert account.calls("GET", f"{MENU}/{menu_id}").status_code == 404
    assert make_default(account, menu_id).status_code == 404


def test_a_batch_moves_everyone_from_one_menu_to_another(account, somsri):
    old, new = create(account), create(account)
    account.calls("POST", f"/v2/bot/user/{somsri.id}/richmenu/{old}")
    body = {"operations": [{"type": "link", "from": old, "to": new}]}
    assert account.calls("POST", f"{MENU}/validate/batch", body).status_code == 200
    assert account.calls("POST", f"{MENU}/batch", body).status_code == 202
    assert shown_to(somsri) == new


def test_a_batch_lets_everyone_go_who_has_a_menu_of_their_own_and_keeps_the_default(account, somsri):
    default, own = create(account, name="ทุกคน"), create(account)
    make_default(account, default)
    account.calls("POST", f"/v2/bot/user/{somsri.id}/richmenu/{own}")
    assert account.calls("POST", f"{MENU}/batch", {"operations": [{"type": "unlinkAll"}]}).status_code == 202
    assert shown_to(somsri, "name") == "ทุกคน"


def test_a_batch_is_carried_out_later_and_tells_how_far_it_is(account, sim, clock, somsri):
    sim.menus.batch_seconds = 30
    own = create(account)
    account.calls("POST", f"/v2/bot/user/{somsri.id}/richmenu/{own}")
    accepted = account.calls("POST", f"{MENU}/batch", {"operations": [{"type": "unlinkAll"}]})
    progress = f"{MENU}/progress/batch?requestId={accepted.headers['x-line-request-id']}"
    assert account.calls("GET", progress).get_json() == {
        "phase": "ongoing",
        "acceptedTime": "2026-11-20T05:00:00.000Z",
    }
    assert shown_to(somsri) == own
    clock.moves(30)
    assert account.calls("GET", progress).get_json() == {
        "phase": "succeeded",
        "acceptedTime": "2026-11-20T05:00:00.000Z",
        "completedTime": "2026-11-20T05:00:30.000Z",
    }
    assert shown_to(somsri) is None


def test_nobody_knows_a_batch_that_was_never_accepted(account):
    assert account.calls("GET", f"{MENU}/progress/batch?requestId=nonsense").status_code == 404
    assert account.calls("GET", f"{MENU}/progress/batch").status_code == 400


def test_three_batches_an_hour_and_a_hundred_new_menus(account, clock):
    body = {"operations": [{"type": "unlinkAll"}]}
    statuses = [account.calls("POST", f"{MENU}/batch", body).status_code for _ in range(4)]
    assert statuses == [202, 202, 202, 429]
    made = [account.calls("POST", MENU, rich_menu()).status_code for _ in range(101)]
    assert made == [200] * 100 + [429]
    clock.moves(3600)
    assert account.calls("POST", f"{MENU}/batch", body).status_code == 202
    assert account.calls("POST", MENU, rich_menu()).status_code == 200


def test_an_account_has_1000_menus_at_most(account, sim):
    for _ in range(1000):
        sim.menus.create(rich_menu())
    assert account.calls("POST", MENU, rich_menu()).status_code == 400
