//! Messages on their way to webhooks.

use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use worker::{AbortController, Delay, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

use crate::journal;
use crate::session::Parcel;

/// A receiver that needs longer is asked again later. Standard Webhooks advises 15 to 30 seconds.
const PATIENCE: Duration = Duration::from_secs(15);

/// Sends a message, and says whether it was taken. A redirection is no taking: it could lead where no webhook may go.
pub(crate) async fn deliver(parcel: &Parcel) -> bool {
    let controller = AbortController::default();
    let signal = controller.signal();
    let send = async {
        let response = Fetch::Request(request(parcel)?).send_with_signal(&signal).await?;
        Ok::<_, worker::Error>((200..300).contains(&response.status_code()))
    };
    match select(pin!(send), pin!(Delay::from(PATIENCE))).await {
        Either::Left((Ok(is_taken), _)) => is_taken,
        Either::Left((Err(fault), _)) => {
            journal::at_work_for(None);
            journal::warn("webhook", fault);
            false
        }
        Either::Right(_) => {
            controller.abort();
            false
        }
    }
}

fn request(parcel: &Parcel) -> worker::Result<Request> {
    let headers = Headers::new();
    headers.set("content-type", "application/json")?;
    headers.set("user-agent", concat!("fourfold/", env!("CARGO_PKG_VERSION")))?;
    headers.set("webhook-id", &parcel.row.name)?;
    headers.set("webhook-timestamp", &parcel.at_s.to_string())?;
    headers.set("webhook-signature", &parcel.signature)?;
    let mut init = RequestInit::new();
    init.with_method(Method::Post).with_headers(headers).with_redirect(RequestRedirect::Manual);
    init.with_body(Some(parcel.row.body.as_str().into()));
    Request::new_with_init(&parcel.row.url, &init)
}
