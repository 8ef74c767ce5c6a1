"""Imports every operation and every feed, so that the registries are whole."""

from __future__ import annotations

import papertape.operations.assets
import papertape.operations.control.accounts
import papertape.operations.control.announcements
import papertape.operations.control.funds
import papertape.operations.control.grants
import papertape.operations.control.p2p
import papertape.operations.convert
import papertape.operations.futures.market
import papertape.operations.insights
import papertape.operations.internal
import papertape.operations.margin
import papertape.operations.p2p.desk
import papertape.operations.public
import papertape.operations.spot.account
import papertape.operations.spot.feeds
import papertape.operations.spot.market
import papertape.operations.spot.plan
import papertape.operations.spot.trade
import papertape.operations.spot.wallet
import papertape.operations.subaccounts
import papertape.operations.tax
import papertape.operations.unified
from papertape.contract.channels import CHANNELS
from papertape.operations.feeds.feed import FEEDS

MODULES = (
    papertape.operations.assets,
    papertape.operations.control.accounts,
    papertape.operations.control.announcements,
    papertape.operations.control.funds,
    papertape.operations.control.grants,
    papertape.operations.convert,
    papertape.operations.control.p2p,
    papertape.operations.futures.market,
    papertape.operations.insights,
    papertape.operations.internal,
    papertape.operations.margin,
    papertape.operations.p2p.desk,
    papertape.operations.public,
    papertape.operations.spot.account,
    papertape.operations.spot.feeds,
    papertape.operations.spot.market,
    papertape.operations.spot.plan,
    papertape.operations.spot.trade,
    papertape.operations.spot.wallet,
    papertape.operations.subaccounts,
    papertape.operations.tax,
    papertape.operations.unified,
)
"""Where endpoints are answered and channels are fed; one line a module."""
assert FEEDS.keys() == set(CHANNELS.values()), "a channel has no feed"
