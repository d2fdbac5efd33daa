-- wrk posts this body with a Content-Length; one request is built for all.
wrk.method = "POST"
wrk.body = string.rep("m", 1048576)
