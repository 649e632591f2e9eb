//! Events of cards and coupons (微信卡券, 卡券事件推送).

use crate::fields::Fields;

/// An event of a card. All of them name the card, except an event about coins, which names the
/// order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardEvent {
    /// `CardId`; empty for `card_pay_order`.
    pub card: String,
    /// `UserCardCode`: the number of this user's card.
    pub code: Option<String>,
    /// What happened.
    pub change: CardChange,
}

/// What happened to a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardChange {
    /// `card_pass_check`: WeChat approved it.
    Approved,
    /// `card_not_pass_check`: WeChat refused it.
    Refused {
        /// `RefuseReason`.
        reason: String,
    },
    /// `user_get_card`: a user took it.
    Taken {
        /// `FriendUserName`, when a friend gave it (`IsGiveByFriend`).
        giver: Option<String>,
        /// `OldUserCardCode`, when it was given.
        old_code: Option<String>,
        /// `OuterId`.
        outer_id: Option<String>,
        /// `OuterStr`: through which channel.
        outer: Option<String>,
        /// `IsRestoreMemberCard`: the user deleted the card and took it again.
        restored: bool,
        /// `IsRecommendByFriend`.
        recommended: bool,
        /// `UnionId`.
        union: Option<String>,
    },
    /// `user_gifting_card`: a user gives it away.
    Given {
        /// `FriendUserName`: to whom.
        friend: Option<String>,
        /// `IsReturnBack`: nobody took the gift, so it came back.
        returned: bool,
        /// `IsChatRoom`: given to a group.
        group: bool,
    },
    /// `user_del_card`.
    Deleted,
    /// `user_view_card`.
    Viewed {
        /// `OuterStr`: through which channel.
        outer: Option<String>,
    },
    /// `user_enter_session_from_card`: the user opened the chat from it.
    EnteredSession,
    /// `submit_membercard_user_info`: the user filled in the form.
    Activated,
    /// `user_consume_card`.
    Used {
        /// `ConsumeSource`: `FROM_API`, `FROM_MP`, `FROM_MOBILE_HELPER`.
        source: String,
        /// `LocationName`.
        place: Option<String>,
        /// `StaffOpenId`.
        staff: Option<String>,
        /// `VerifyCode`.
        verification: Option<String>,
        /// `RemarkAmount`.
        remark: Option<String>,
        /// `OuterStr`: through which channel.
        outer: Option<String>,
    },
    /// `user_pay_from_pay_cell`: the user paid with it.
    Paid {
        /// `TransId`.
        transaction: String,
        /// `LocationId`.
        place: Option<String>,
        /// `Fee`, in fen.
        fee: Option<u64>,
        /// `OriginalFee`, in fen.
        original_fee: Option<u64>,
    },
    /// `update_member_card`: its bonus or balance changed.
    Updated {
        /// `ModifyBonus`.
        bonus: Option<i64>,
        /// `ModifyBalance`.
        balance: Option<i64>,
    },
    /// `card_sku_remind`: only a few are left.
    RunningOut {
        /// `Detail`.
        detail: String,
    },
    /// `card_pay_order`: the account's coins, with which cards are paid for, changed.
    Order(Box<CardOrder>),
}

/// An order of coins (券点).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardOrder {
    /// `OrderId`.
    pub order: String,
    /// `Status`: `ORDER_STATUS_FINANCE_SUCC` …
    pub status: String,
    /// `CreateOrderTime`, in seconds since 1970.
    pub created: Option<u64>,
    /// `PayFinishTime`, in seconds since 1970.
    pub paid: Option<u64>,
    /// `Desc`.
    pub description: Option<String>,
    /// `FreeCoinCount`.
    pub free: Option<String>,
    /// `PayCoinCount`.
    pub bought: Option<String>,
    /// `RefundFreeCoinCount`.
    pub refunded_free: Option<String>,
    /// `RefundPayCoinCount`.
    pub refunded_bought: Option<String>,
    /// `OrderType`: `ORDER_TYPE_SYS_ADD` …
    pub kind: String,
    /// `Memo`.
    pub memo: Option<String>,
    /// `ReceiptInfo`.
    pub receipt: Option<String>,
}

impl CardChange {
    pub(super) fn read(name: &str, fields: &mut Fields<'_, '_>) -> Option<Self> {
        Some(match name {
            "card_pass_check" => Self::Approved,
            "card_not_pass_check" => Self::Refused { reason: fields.text("RefuseReason") },
            "user_get_card" => Self::Taken {
                giver: fields.optional("FriendUserName"),
                old_code: fields.optional("OldUserCardCode"),
                outer_id: fields.optional("OuterId"),
                outer: fields.optional("OuterStr"),
                restored: fields.flag("IsRestoreMemberCard"),
                recommended: fields.flag("IsRecommendByFriend"),
                union: fields.optional("UnionId"),
            },
            "user_gifting_card" => Self::Given {
                friend: fields.optional("FriendUserName"),
                returned: fields.flag("IsReturnBack"),
                group: fields.flag("IsChatRoom"),
            },
            "user_del_card" => Self::Deleted,
            "user_view_card" => Self::Viewed { outer: fields.optional("OuterStr") },
            "user_enter_session_from_card" => Self::EnteredSession,
            "submit_membercard_user_info" => Self::Activated,
            "user_consume_card" => Self::Used {
                source: fields.text("ConsumeSource"),
                place: fields.optional("LocationName"),
                staff: fields.optional("StaffOpenId"),
                verification: fields.optional("VerifyCode"),
                remark: fields.optional("RemarkAmount"),
                outer: fields.optional("OuterStr"),
            },
            "user_pay_from_pay_cell" => Self::Paid {
                transaction: fields.text("TransId"),
                place: fields.optional("LocationId"),
                fee: fields.lenient("Fee"),
                original_fee: fields.lenient("OriginalFee"),
            },
            "update_member_card" => Self::Updated {
                bonus: fields.lenient("ModifyBonus"),
                balance: fields.lenient("ModifyBalance"),
            },
            "card_sku_remind" => Self::RunningOut { detail: fields.text("Detail") },
            "card_pay_order" => Self::Order(Box::new(CardOrder {
                order: fields.text("OrderId"),
                status: fields.text("Status"),
                created: fields.lenient("CreateOrderTime"),
                paid: fields.lenient("PayFinishTime"),
                description: fields.optional("Desc"),
                free: fields.optional("FreeCoinCount"),
                bought: fields.optional("PayCoinCount"),
                refunded_free: fields.optional("RefundFreeCoinCount"),
                refunded_bought: fields.optional("RefundPayCoinCount"),
                kind: fields.text("OrderType"),
                memo: fields.optional("Memo"),
                receipt: fields.optional("ReceiptInfo"),
            })),
            _ => return None,
        })
    }

    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Approved => "card_pass_check",
            Self::Refused { .. } => "card_not_pass_check",
            Self::Taken { .. } => "user_get_card",
            Self::Given { .. } => "user_gifting_card",
            Self::Deleted => "user_del_card",
            Self::Viewed { .. } => "user_view_card",
            Self::EnteredSession => "user_enter_session_from_card",
            Self::Activated => "submit_membercard_user_info",
            Self::Used { .. } => "user_consume_card",
            Self::Paid { .. } => "user_pay_from_pay_cell",
            Self::Updated { .. } => "update_member_card",
            Self::RunningOut { .. } => "card_sku_remind",
            Self::Order(_) => "card_pay_order",
        }
    }
}
