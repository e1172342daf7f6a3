//! Journeys through the deployed local stack, over HTTP. `make test` starts the stack and says where it is.
