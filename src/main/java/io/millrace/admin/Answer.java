package io.millrace.admin;

/** One answer of the admin server; owned by the thread that answers. */
@SuppressWarnings("ArrayRecordComponent") // made once, read once, never compared
record Answer(int status, String contentType, byte[] body) {}
