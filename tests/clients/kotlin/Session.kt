/** How a Kotlin client signs in, stays signed in and repeats requests. Give `session.http` to the generated APIs. */

import baton.apis.IdentityApi
import baton.models.Login
import baton.models.Refresh
import java.io.IOException
import java.util.UUID
import kotlin.random.Random
import okhttp3.Interceptor
import okhttp3.OkHttpClient
import okhttp3.Response

private const val ATTEMPTS = 5
private val CHANGES = setOf("POST", "PATCH", "PUT", "DELETE")

/** A person who is signed in. Threads may share it. */
class Session(url: String, username: String, password: String) {
    private val identity = IdentityApi(url)

    @Volatile private var tokens = identity.login(Login(username = username, password = password))
    val userId: String = tokens.userId

    /** One key for all attempts: whatever was lost, the change is made once. */
    private val addKey = Interceptor { chain ->
        val request = chain.request()
        if (request.method !in CHANGES || request.header("Idempotency-Key") != null) chain.proceed(request)
        else chain.proceed(request.newBuilder().header("Idempotency-Key", UUID.randomUUID().toString()).build())
    }

    /** Sends a request with the access token; refreshes it and sends once more if the response is 401. */
    private val authorise = Interceptor { chain ->
        val used = tokens.accessToken
        val response = chain.proceedWith(used)
        if (response.code != 401) response
        else {
            response.close()
            chain.proceedWith(refreshed(used))
        }
    }

    /** Repeats a request after a lost connection, 429 and 503, at growing intervals. */
    private val repeat = Interceptor { chain ->
        var attempt = 1
        var response = attempt(chain, attempt)
        while (attempt < ATTEMPTS && (response == null || response.code == 429 || response.code == 503)) {
            val asked = response?.header("Retry-After")?.toLongOrNull() ?: 0
            response?.close()
            Thread.sleep(asked * 1000 + Random.nextLong(1000L shl (attempt - 1)))
            response = attempt(chain, ++attempt)
        }
        response!!
    }

    val http: OkHttpClient =
        OkHttpClient.Builder().addInterceptor(addKey).addInterceptor(authorise).addInterceptor(repeat).build()

    /** Acts as if the access token had expired. */
    fun expire() {
        tokens = tokens.copy(accessToken = "expired")
    }

    /** Replaces the tokens, unless another thread has done so meanwhile. */
    @Synchronized
    private fun refreshed(refused: String): String {
        if (tokens.accessToken == refused) tokens = identity.refresh(Refresh(tokens.refreshToken))
        return tokens.accessToken
    }

    /** Returns the response, or null if the connection was lost; the last attempt throws. */
    private fun attempt(chain: Interceptor.Chain, number: Int): Response? =
        try {
            chain.proceed(chain.request())
        } catch (lost: IOException) {
            if (number == ATTEMPTS) throw lost else null
        }
}

private fun Interceptor.Chain.proceedWith(token: String): Response =
    proceed(request().newBuilder().header("Authorization", "Bearer $token").build())
