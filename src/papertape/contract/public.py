"""Public information: server time, announcements, and the caller's own trade rates.

Source: documentation, "Common / Public" and "Common / Trade rate".
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from papertape.contract.protocol.declaring import public_get, public_list, signed_get
from papertape.contract.protocol.endpoint import Group, Limit, T
from papertape.contract.protocol.enums import BusinessLine
from papertape.contract.protocol.paging import Paging
from papertape.contract.protocol.wire import Amount, Nothing, Reply, Request, Timestamp, spelled, words

AnnouncementType = Literal[
    "latest_news", "coin_listings", "trading_competitions_promotions", "maintenance_system_updates",
    "symbol_delisting",
]  # fmt: skip
AnnouncementTypeWord = Annotated[
    str,
    words(
        "latest_news", "coin_listings", "trading_competitions_promotions", "maintenance_system_updates",
        "symbol_delisting",
    ),
]  # fmt: skip


class ServerTime(Reply):
    """The exchange's clock."""

    server_time: Timestamp


class ListAnnouncements(Request):
    """Which announcements: by class, by time of the last month, in a language (others fall back to English)."""

    language: str
    announcement_type: AnnouncementType | None = msgspec.field(default=None, name="annType")
    start_time: int | None = None
    end_time: int | None = None
    cursor: str | None = None
    limit: int | None = None


class Announcement(Reply):
    """One announcement; type and subtype are in the later pages only."""

    announcement_id: str = msgspec.field(name="annId")
    title: str = msgspec.field(name="annTitle")
    text: str = msgspec.field(name="annDesc")
    created: Timestamp = msgspec.field(name="cTime")
    language: Annotated[str, words("zh_CN", "en_US")]
    url: str = msgspec.field(name="annUrl")
    announcement_type: AnnouncementTypeWord = msgspec.field(default="", name="annType")
    announcement_subtype: str = msgspec.field(default="", name="annSubType")


class AskTradeRate(Request):
    """The rate of one symbol in one business line; a request example spells the line ``business``."""

    symbol: str
    business_type: Annotated[BusinessLine, spelled("business")]


class TradeRate(Reply):
    """The caller's fee rates as fractions; the maker's under both documented spellings."""

    maker_fee_rate: Amount
    maker_rate: Amount
    taker_fee_rate: Amount


class AskAllTradeRates(Request):
    """All rates of one business line; the table lists ``symbol``, the example and real clients leave it out."""

    business_type: Annotated[BusinessLine, spelled("business")]
    symbol: str | None = None


class SymbolTradeRate(Reply):
    """The caller's fee rates for one symbol."""

    symbol: str
    maker_fee_rate: Amount
    maker_rate: Amount
    taker_fee_rate: Amount


class Public(Group[T]):
    """Server time, announcements and trade rates."""

    time = public_get("/api/v2/public/time", Nothing, ServerTime, "Get the server's time.", Limit(20, "ip"))
    announcements = public_list(
        "/api/v2/public/annoucements",
        ListAnnouncements,
        list[Announcement],
        "List announcements.",
        Limit(20, "ip"),
        item=Announcement,
        pages=Paging(key="announcement_id", field="cursor", largest=10, days=30),
    )
    trade_rate = signed_get(
        "/api/v2/common/trade-rate",
        AskTradeRate,
        TradeRate,
        "Get your fee rates for one symbol.",
        "read",
        Limit(10, "uid"),
        aliases=("/api/v2/public/trade-rate",),
    )
    all_trade_rates = signed_get(
        "/api/v2/common/all-trade-rate",
        AskAllTradeRates,
        list[SymbolTradeRate],
        "Get your fee rates for every symbol of a business line.",
        "read",
        Limit(10, "uid"),
    )
