//! What each verb does to rows, history and mail.
