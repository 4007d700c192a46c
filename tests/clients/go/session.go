package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/google/uuid"

	"baton/clients/baton"
)

const attempts = 5

// Session is a person who is signed in. Goroutines may share it.
//
// It is a RoundTripper: it sends requests with the access token and an Idempotency-Key, refreshes the token when a
// response is 401, and repeats what got no answer.
type Session struct {
	UserID    string
	API       *baton.ClientWithResponses
	anonymous *baton.ClientWithResponses
	mutex     sync.Mutex
	tokens    baton.Tokens
}

// SignIn returns the session of a person.
func SignIn(ctx context.Context, url, username, password string) (*Session, error) {
	anonymous, err := baton.NewClientWithResponses(url)
	if err != nil {
		return nil, err
	}
	answer, err := anonymous.LoginWithResponse(ctx, nil, baton.Login{Username: &username, Password: password})
	if err != nil {
		return nil, err
	}
	if answer.JSON200 == nil {
		return nil, fmt.Errorf("cannot sign in: %s", answer.Body)
	}
	session := &Session{UserID: answer.JSON200.UserId, anonymous: anonymous, tokens: *answer.JSON200}
	session.API, err = baton.NewClientWithResponses(url, baton.WithHTTPClient(&http.Client{Transport: session}))
	return session, err
}

// Expire acts as if the access token had expired.
func (s *Session) Expire() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.tokens.AccessToken = "expired"
}

// RoundTrip sends a request with the access token; it refreshes it and sends once more if the response is 401.
func (s *Session) RoundTrip(request *http.Request) (*http.Response, error) {
	request = request.Clone(request.Context())
	// One key for all attempts: whatever was lost, the change is made once.
	if request.Method != http.MethodGet && request.Header.Get("Idempotency-Key") == "" {
		request.Header.Set("Idempotency-Key", uuid.NewString())
	}
	used := s.accessToken()
	response, err := repeat(request, used)
	if err != nil || response.StatusCode != http.StatusUnauthorized {
		return response, err
	}
	discard(response)
	if err := s.refresh(request.Context(), used); err != nil {
		return nil, err
	}
	return repeat(request, s.accessToken())
}

func (s *Session) accessToken() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.tokens.AccessToken
}

// refresh replaces the tokens, unless another goroutine has done so meanwhile.
func (s *Session) refresh(ctx context.Context, refused string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.tokens.AccessToken != refused {
		return nil
	}
	answer, err := s.anonymous.RefreshWithResponse(ctx, nil, baton.Refresh{RefreshToken: s.tokens.RefreshToken})
	if err != nil {
		return err
	}
	if answer.JSON200 == nil {
		return fmt.Errorf("the session has ended; sign in again: %s", answer.Body)
	}
	s.tokens = *answer.JSON200
	return nil
}

// repeat sends a request again after a lost connection, 429 and 503, at growing intervals.
func repeat(request *http.Request, accessToken string) (*http.Response, error) {
	request.Header.Set("Authorization", "Bearer "+accessToken)
	for attempt := 1; ; attempt++ {
		if request.GetBody != nil {
			request.Body, _ = request.GetBody()
		}
		response, err := http.DefaultTransport.RoundTrip(request)
		refused := err == nil && (response.StatusCode == http.StatusTooManyRequests || response.StatusCode == http.StatusServiceUnavailable)
		if attempt == attempts || (err == nil && !refused) {
			return response, err
		}
		pause := time.Duration(rand.Float64() * float64(time.Second<<(attempt-1)))
		if refused {
			seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
			pause += time.Duration(seconds) * time.Second
			discard(response)
		}
		select {
		case <-time.After(pause):
		case <-request.Context().Done():
			return nil, request.Context().Err()
		}
	}
}

// discard reads a response to its end, so that its connection can be used again.
func discard(response *http.Response) {
	_, _ = io.Copy(io.Discard, response.Body)
	_ = response.Body.Close()
}
