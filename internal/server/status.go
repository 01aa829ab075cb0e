package server

import (
	"net/http"

	"xianjie/internal/plan"
)

// statusOf is the one table from error codes to HTTP statuses, for a response without data; one
// with data is always 200. A client of application/graphql-response+json reads the status; for one
// of application/json the protocol wants 200 wherever a GraphQL server has looked at the document and
// found it wanting. What protects the server or its caller is a failure to both.
func statusOf(code plan.Code, media string) int {
	status := http.StatusInternalServerError
	switch code {
	case plan.DepthLimit, plan.ComplexityLimit, plan.TooManyAliases:
		return http.StatusBadRequest
	case plan.Unauthenticated:
		return http.StatusUnauthorized
	case plan.Forbidden:
		return http.StatusForbidden
	case plan.TooLarge:
		return http.StatusRequestEntityTooLarge
	case plan.Timeout:
		return http.StatusGatewayTimeout
	case plan.Unavailable:
		return http.StatusServiceUnavailable
	case plan.StorageFull:
		return http.StatusInsufficientStorage
	case plan.Unsupported:
		return http.StatusNotImplemented
	case plan.UnknownOutcome, plan.Internal:
		return http.StatusInternalServerError
	case plan.BadUserInput:
		status = http.StatusBadRequest
	case plan.NotFound:
		status = http.StatusNotFound
	case plan.Conflict:
		status = http.StatusConflict
	default:
		return status
	}
	if media == mediaJSON {
		return http.StatusOK
	}
	return status
}
