//! What every door asks.

use std::sync::Arc;

use crate::api::Route;
use crate::ask::Ask;
use crate::reply::Reply;
use crate::studio::Studio;

impl Studio {
    /// Answers a call of the page: the same for every door.
    pub fn answer(self: &Arc<Self>, ask: &Ask) -> Reply {
        Route::of(ask).map_or_else(Reply::from, |route| route.answer(self, ask))
    }
}
